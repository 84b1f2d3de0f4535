//go:build data

package link

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
)

func TestErrs(t *testing.T) {
	for _, s := range []set{
		{"/tmp/link/n-train", "ncbi_disease/original-data/devel", "Disease", nil},
		{"/tmp/link/b-train", "bc5cdr_pubtator/CDR_DevelopmentSet.PubTator.txt", "", nil},
	} {
		l := open(t, s.dir)
		out := map[string]int{}
		for _, d := range read(t, s.gold, s.label) {
			for i, m := range l.resolve(d, nil) {
				links, _ := l.links(m)
				right := rightIDs(d.Entities[i])
				if len(right) == 0 || len(links) > 0 && right[links[0].ID] {
					continue
				}
				at := -1
				for k, x := range links {
					if right[x.ID] {
						at = k
						break
					}
				}
				goldNames := ""
				for id := range right {
					goldNames += fmt.Sprintf("%s %q known=%v ", id, l.table.name(id), l.Knows(id))
				}
				top := ""
				if len(links) > 0 {
					top = fmt.Sprintf("%s %q %.2f %s", links[0].ID, links[0].Name, links[0].Score, links[0].Source)
				}
				out[fmt.Sprintf("%q long=%q\n    gold %s rank %d\n    top %s", m.surface, m.long, goldNames, at+1, top)]++
			}
		}
		f, _ := os.Create("/tmp/link/errs-" + s.dir[10:11] + ".txt")
		for _, k := range slices.SortedFunc(maps.Keys(out), func(a, b string) int { return out[b] - out[a] }) {
			fmt.Fprintln(f, out[k], k)
		}
		f.Close()
	}
}
