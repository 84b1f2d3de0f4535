package learn

import (
	"sync"
	"sync/atomic"
)

// parallel calls work(worker, i) for 0 … n-1.
func parallel(workers, n int, work func(worker, i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(w, i)
			}
		})
	}
	wait.Wait()
}
