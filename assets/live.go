package assets

import _ "embed"

//go:embed live.min.js
var liveText string

var live = makeScript("live", liveText)

// Live returns the script that keeps the live regions of a page up to date. A
// page needs the script once.
func Live() Script { return live() }
