//go:build torture

package torture

// Long tells whether the long versions run.
const Long = true
