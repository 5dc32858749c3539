module github.com/rivulet-go/rivulet

go 1.26.0

require (
	github.com/a-h/templ v0.3.1100
	golang.org/x/sync v0.25.0
)
