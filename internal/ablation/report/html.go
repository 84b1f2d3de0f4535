package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
)

//go:embed assets
var assets embed.FS

var (
	page   = template.Must(template.ParseFS(assets, "assets/*.tmpl"))
	style  = template.CSS(asset("page.css")) //nolint:gosec // our own file
	script = template.JS(asset("page.js"))   //nolint:gosec // our own file
)

func asset(name string) string {
	content, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(content)
}

// policy lets run and apply only the script and style that are written here, so that nothing a document contains
// could, and nothing is fetched.
var policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + digest(string(style)) + "; script-src " + digest(string(script))

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func asHTML(v view) ([]byte, error) {
	var out bytes.Buffer
	err := page.ExecuteTemplate(&out, "page.tmpl", struct {
		view
		Policy string
		Style  template.CSS
		Script template.JS
	}{v, policy, style, script})
	return out.Bytes(), err
}
