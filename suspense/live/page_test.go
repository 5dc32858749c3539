package live_test

import (
	"errors"
	"time"

	"github.com/a-h/templ"
)

const ms = time.Millisecond

var errBoom = errors.New("boom")

func html(s string) templ.Component { return templ.Raw(s) }
