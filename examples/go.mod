module github.com/rivulet-go/rivulet/examples

go 1.25.0

require (
	github.com/a-h/templ v0.3.1020
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
	github.com/klauspost/compress v1.20.3
	github.com/rivulet-go/rivulet v0.0.0
	github.com/tmaxmax/go-sse v0.11.0
)

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	golang.org/x/sync v0.22.0 // indirect
)

replace github.com/rivulet-go/rivulet => ..
