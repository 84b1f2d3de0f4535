package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// picture is a plot with its size and the room left free beside it for text.
type picture struct {
	Plot   *plot.Plot
	Height vg.Length
	Left   vg.Length
	Right  vg.Length
	Alt    string // what the picture shows, for those who do not see it
}

// svg draws a picture as an element of the page. It has no ids, so that several do not clash.
func (p picture) svg() (template.HTML, error) {
	canvas := vgsvg.NewWith(vgsvg.UseWH(chartWidth, p.Height))
	p.Plot.Draw(draw.Crop(draw.New(canvas), 4+p.Left, -4-p.Right, 4, -8))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", err
	}
	_, body, found := strings.Cut(out.String(), "<svg ")
	_, body, closed := strings.Cut(body, ">")
	if !found || !closed {
		return "", fmt.Errorf("draw %d bytes: no svg element", out.Len())
	}
	head := fmt.Sprintf(`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" font-family="Liberation Sans, Arial, Helvetica, sans-serif">`,
		chartWidth, p.Height, html.EscapeString(p.Alt))
	return template.HTML(head + attributes(body)), nil //nolint:gosec // vgsvg escapes text, the rest is numbers
}

// In vgsvg's output text is escaped with its quotation marks, so that this matches nothing but attributes.
var styleAttribute = regexp.MustCompile(`\s*style="([^"]*)"`)

// attributes turns style attributes, which the page's policy forbids, into attributes of their own. The font is that
// of the whole picture.
func attributes(svg string) string {
	return styleAttribute.ReplaceAllStringFunc(svg, func(match string) string {
		var out strings.Builder
		for _, property := range strings.Split(styleAttribute.FindStringSubmatch(match)[1], ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(property), ":")
			if name == "" || strings.HasPrefix(name, "font-") && name != "font-size" {
				continue
			}
			fmt.Fprintf(&out, ` %s="%s"`, name, value)
		}
		return out.String()
	})
}
