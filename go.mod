module github.com/rivulet-go/rivulet

go 1.25.0

require (
	github.com/a-h/templ v0.3.1020
	golang.org/x/sync v0.22.0
)
