// Package examples holds the source of the programs that the gallery of the demo
// shows: what the compiler was given.
package examples

import "embed"

// Source holds the files by their names below this folder.
//
//go:embed demo/airports/airports.go demo/airports/page.templ
//go:embed demo/board/board.go demo/board/tell.go demo/board/turn.go
//go:embed demo/chat/answer.go demo/chat/fetch.go demo/chat/fetch.templ
//go:embed demo/csp.go demo/dashboard/dashboard.go demo/dashboard/page.templ
//go:embed demo/gallery/back.js demo/gallery/examples.templ demo/gallery/gallery.go demo/gallery/loads.go
//go:embed demo/lab/cut.templ demo/layout/layout.templ demo/layout/mode.go demo/layout/scriptless.go
//go:embed demo/search/page.templ
//go:embed events/main.go guests/main.go guests/page.templ htmx/page.templ
//go:embed loading/main.go observe/main.go status/main.go
var Source embed.FS
