package learn

import "testing"

// TestUnspaced: characters of Han and Thai are known by three, words of other scripts are not.
func TestUnspaced(t *testing.T) {
	for text, want := range map[string]bool{"中": true, "の": true, "กี": true, "a": false, "é": false, "東京": false, "7": false, "%": false, "한국": false} {
		w := newWord(text)
		if got := w.unspaced(); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
