//go:build !amd64

package dense

// kernels lists the kernels that this machine can run, the fastest first.
func kernels() []kernel { return []kernel{portable} }
