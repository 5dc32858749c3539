package layout

import (
	"fmt"
	"strconv"
)

// Count formats n with a comma before each three digits.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent formats a share of one.
func Percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// Minutes formats a number of minutes.
func Minutes(m float64) string { return fmt.Sprintf("%.1f min", m) }
