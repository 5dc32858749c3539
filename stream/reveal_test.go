package stream

import (
	"slices"
	"testing"
	"time"
)

// The reveal of a page is tested with made-up instants: it has no clock, and of a
// boundary it asks only whether it is ready and where it stands.

var midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// at returns the instant ms milliseconds after the start of the page.
func at(ms int) time.Time { return midnight.Add(time.Duration(ms) * time.Millisecond) }

// page returns n boundaries that stand in a page, one behind the other.
func page(n int) []*boundary {
	root := new(boundary)
	all := make([]*boundary, n)
	for i := range all {
		all[i] = &boundary{parent: root, depth: 1, index: int32(i + 1)}
	}
	return all
}

func holesOf(boundaries ...*boundary) (holes []hole) {
	for _, b := range boundaries {
		holes = append(holes, hole{b: b})
	}
	return holes
}

func settled(boundaries ...*boundary) {
	for _, b := range boundaries {
		b.load.settled.Store(true)
	}
}

func choices(holes []hole) (all []choice) {
	for _, h := range holes {
		all = append(all, h.choice)
	}
	return all
}

func want(t *testing.T, holes []hole, want ...choice) {
	t.Helper()
	if got := choices(holes); !slices.Equal(got, want) {
		t.Errorf("chose %v, want %v", got, want)
	}
}

func TestRevealOfShell(t *testing.T) {
	t.Run("without a grace the shell leaves at once", func(t *testing.T) {
		var v reveal
		if until := v.graceUntil(at(0), holesOf(page(2)...)); !until.IsZero() {
			t.Errorf("held until %v", until.Sub(midnight))
		}
	})
	t.Run("the grace counts from the first question", func(t *testing.T) {
		v := reveal{grace: 50 * time.Millisecond}
		holes := holesOf(page(2)...)
		for _, now := range []int{10, 20, 59} {
			if until := v.graceUntil(at(now), holes); until != at(60) {
				t.Errorf("at %d ms held until %v, want 60 ms", now, until.Sub(midnight))
			}
		}
		if until := v.graceUntil(at(60), holes); !until.IsZero() {
			t.Errorf("at 60 ms held until %v", until.Sub(midnight))
		}
	})
	t.Run("when all is ready the shell leaves", func(t *testing.T) {
		v := reveal{grace: 50 * time.Millisecond}
		all := page(3)
		settled(all[0], all[2])
		if v.graceUntil(at(0), holesOf(all...)).IsZero() {
			t.Error("leaves without the second boundary")
		}
		settled(all[1])
		if until := v.graceUntil(at(1), holesOf(all...)); !until.IsZero() {
			t.Errorf("held until %v", until.Sub(midnight))
		}
	})
	t.Run("a clock that went back does not hold it longer", func(t *testing.T) {
		v := reveal{grace: 50 * time.Millisecond}
		holes := holesOf(page(1)...)
		v.graceUntil(at(0), holes)
		if until := v.graceUntil(at(-1000), holes); until != at(50) {
			t.Errorf("held until %v, want 50 ms", until.Sub(midnight))
		}
	})
}

func TestRevealDecides(t *testing.T) {
	t.Run("ready is content, the rest markers", func(t *testing.T) {
		var v reveal
		all := page(3)
		settled(all[1])
		holes := holesOf(all...)
		if !v.choose(holes, false) {
			t.Error("no content to put in place")
		}
		want(t, holes, markers, content, markers)
	})
	t.Run("what becomes ready meanwhile is a chunk", func(t *testing.T) {
		var v reveal
		all := page(2)
		settled(all[0])
		holes := holesOf(all...)
		v.choose(holes, false)
		settled(all[1])             // while the first was rendered
		holes = holesOf(page(1)...) // was in it
		holes = append(holes, hole{b: all[1], choice: markers})
		if v.choose(holes, false) {
			t.Error("there is one more to put in place")
		}
		want(t, holes, markers, markers)
	})
	t.Run("the choice for a boundary within content is made when that is in place", func(t *testing.T) {
		var v reveal
		inner := page(1)
		settled(inner...)
		holes := append(holesOf(inner...), hole{b: page(1)[0], choice: markers})
		if !v.choose(holes, false) {
			t.Error("the inner one is not put in place")
		}
		want(t, holes, content, markers)
	})
	t.Run("anew where the response has waited", func(t *testing.T) {
		var v reveal
		all := page(2)
		holes := holesOf(all...)
		v.choose(holes, false)
		holes[0].choice = stuck // by the check of the HTML
		settled(all...)
		v.chooseAgain(holes)
		v.choose(holes, false)
		want(t, holes, stuck, content)
	})
}

// A notice is there as long as something is pending.
func TestRevealOfNotices(t *testing.T) {
	with := func(n int) ([]*boundary, []hole) {
		all := page(n + 1)
		all[n].kind = notice
		settled(all[n])
		return all, holesOf(all...)
	}
	t.Run("nothing pending", func(t *testing.T) {
		var v reveal
		_, holes := with(0)
		if !v.choose(holes, false) {
			t.Error("the notice is not taken out")
		}
		want(t, holes, content)
	})
	t.Run("something pending", func(t *testing.T) {
		var v reveal
		_, holes := with(1)
		if v.choose(holes, false) {
			t.Error("there is content to be put in place")
		}
		want(t, holes, markers, markers)
	})
	t.Run("not before all other choices are made", func(t *testing.T) {
		var v reveal
		all, holes := with(1)
		settled(all[0])
		v.choose(holes, false)
		want(t, holes, content, unchosen)
	})
	t.Run("at a flush nobody knows what follows", func(t *testing.T) {
		var v reveal
		_, holes := with(0)
		v.choose(holes, true)
		want(t, holes, markers)
	})
	t.Run("what was sent before is pending, too", func(t *testing.T) {
		var v reveal
		v.placed(page(1)[0])
		_, holes := with(0)
		v.choose(holes, false)
		want(t, holes, markers)
	})
	t.Run("a later deadline", func(t *testing.T) {
		var v reveal
		all, _ := with(1)
		v.notified(all[1], at(100))
		v.placed(all[0])
		if old := v.takeOutdated(at(100)); old != nil {
			t.Error("placed again with the same deadline")
		}
		if old := v.takeOutdated(at(200)); !slices.Equal(old, all[1:]) {
			t.Errorf("%d notices to place again, want 1", len(old))
		}
		v.notified(all[1], at(200))
		if v.takeOutdated(at(200)) != nil {
			t.Error("placed again twice")
		}
		if old := v.takeNotices(); !slices.Equal(old, all[1:]) || !v.open() || v.takeNotices() != nil {
			t.Error("the notice is not taken away once")
		}
		if v.shown(); v.open() {
			t.Error("open although nothing is pending")
		}
	})
}

func TestRevealOfChunks(t *testing.T) {
	var v reveal
	all := page(5)
	nested := &boundary{parent: all[1], depth: 2, index: 1}
	settled(append(all, nested)...)
	all[4].load.settled.Store(false)
	for _, b := range []*boundary{all[0], all[1], all[3], all[4]} {
		v.placed(b)
	}
	var got []*boundary
	for b := range v.chunks([]*boundary{all[4], all[3], nested, all[1], all[2], all[0]}) {
		if got = append(got, b); b == all[0] {
			v.placed(nested) // as a part that was written would
		}
		if b == all[1] {
			all[3].filled = true
		}
	}
	if want := []*boundary{all[0], all[1], nested}; !slices.Equal(got, want) {
		t.Errorf("%d chunks, want the first two boundaries in document order and the nested one", len(got))
	}
}
