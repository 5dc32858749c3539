package start

import (
	"fmt"
	"strconv"
)

// thousands is a number with a comma before every third digit.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
