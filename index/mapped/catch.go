package mapped

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// ErrFault says that mapped memory could not be read: the file was cut, or its disk failed.
var ErrFault = errors.New("a part of it cannot be read")

// Catch makes an error of a fault of this goroutine in mapped memory, which would end the program:
//
//	defer mapped.Catch(&err)()
//
// Other panics go on. Every goroutine that reads mapped memory needs its own.
func Catch(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			if !IsFault(p) {
				panic(p)
			}
			*err = fmt.Errorf("%w: %v", ErrFault, p)
		}
	}
}

// fault is the value of a panic over memory that cannot be read; those over nil pointers have no address.
type fault interface {
	runtime.Error
	Addr() uintptr
}

// IsFault reports whether a panic's value is a fault in mapped memory.
func IsFault(p any) bool {
	_, ok := p.(fault)
	return ok
}

// Holds reports whether a panic's value is a fault in the memory of this file.
func (f *File) Holds(p any) bool {
	at, ok := p.(fault)
	if !ok || len(f.Bytes) == 0 {
		return false
	}
	first := uintptr(unsafe.Pointer(unsafe.SliceData(f.Bytes)))
	return at.Addr() >= first && at.Addr()-first < uintptr(len(f.Bytes))
}
