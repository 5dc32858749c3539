package inspect

import _ "embed"

//go:embed inspect.css
var style string

//go:embed inspect.js
var script string
