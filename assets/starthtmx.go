package assets

import _ "embed"

//go:embed starthtmx.min.js
var startHTMXText string

var startHTMX = makeScript("starthtmx", startHTMXText)

// StartHTMX returns the script that starts htmx with the shell of a page, and gives
// it what arrives later. See stream.StartHTMX.
func StartHTMX() Script { return startHTMX() }
