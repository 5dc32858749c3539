package board

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

const history = 60 // seconds that are shown

// Figures describe the site at one time.
type Figures struct {
	Instances int          // instances of the program
	Visitors  int          // visitors with a request now or within the last minute
	Boards    int          // open pages with a board
	Requests  [history]int // requests in each of the last seconds, the current one last
	Since     time.Time    // start of the newest instance
}

// Rate is the number of requests per second in the last ten whole seconds.
func (f Figures) Rate() float64 {
	sum := 0
	for _, n := range f.Requests[history-11 : history-1] {
		sum += n
	}
	return float64(sum) / 10
}

// busiest is the number of requests in the busiest second.
func (f Figures) busiest() int { return slices.Max(f.Requests[:]) }

// tall is the height of the bar for n requests, and top is the y coordinate where
// it begins.
func (f Figures) tall(n int) string { return strconv.FormatFloat(f.bar(n), 'f', 1, 64) }
func (f Figures) top(n int) string  { return strconv.FormatFloat(24-f.bar(n), 'f', 1, 64) }

func (f Figures) bar(n int) float64 { return 24 * float64(n) / float64(max(f.busiest(), 4)) }

// said describes the picture in words.
func (f Figures) said() string {
	sum := 0
	for _, n := range f.Requests {
		sum += n
	}
	return fmt.Sprintf("%d requests in the last minute, %d in the busiest second", sum, f.busiest())
}

// started is the text before the time of the start.
func (f Figures) started() string {
	if f.Instances > 1 {
		return strconv.Itoa(f.Instances) + " instances, the last started at"
	}
	return "Started at"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
