module github.com/rivulet-go/rivulet/examples

go 1.25.0

require (
	github.com/a-h/templ v0.3.1020
	github.com/rivulet-go/rivulet v0.0.0
)

require golang.org/x/sync v0.22.0 // indirect

replace github.com/rivulet-go/rivulet => ..
