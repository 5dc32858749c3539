package browsertest_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

// replays are where streamtest, which puts content into its place as text, shows
// something else than browsers. docs/test.md lists them.
func replays() []browsertest.Scenario {
	return []browsertest.Scenario{{
		Name:    "text in the place of a fallback is read otherwise than what a browser moves there",
		Where:   browsertest.Scripted,
		Differs: "that is what the scenario is about",
		Page: raw{
			open,
			`<div id="open">`, late("open", "", "<span>Ada"), `<i>after</i></div>`,
			`<div id="ends"><div>`, late("ends", "", "Ada</div>"), `<i>after</i></div></div>`,
			`<div id="block"><p>`, late("block", "", "<div>Ada</div>"), `</p></div>`,
			`<pre id="pre">`, late("pre", "", "\nAda"), `</pre>`,
			`<div id="late">`, late("late", `<i class="dots">...</i>`, `<b class="late">Eve</b>`), `</div></body></html>`,
		},
		Watch: map[string]string{"dots": "#late > .dots", "late": "#late > .late"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots") // nothing stands in place
			v.Open("open", "ends", "block", "pre")
			for _, name := range []string{"open", "ends", "block", "pre"} {
				v.WaitLoaded(name)
			}
			v.Reveal("late")
			v.Finished(t)
			shown, replayed := v.Picture().Parts, v.Replayed()
			for _, c := range []struct{ id, browser, streamtest string }{
				{"open", "<span>Ada</span><i>after</i>", "<span>Ada<i>after</i></span>"},
				{"ends", "<div>Ada<i>after</i></div>", "<div>Ada</div><i>after</i>"},
				{"block", "<p><div>Ada</div></p>", "<p></p><div>Ada</div><p></p>"},
				{"pre", "\nAda", "Ada"},
				{"late", `<b class="late">Eve</b>`, `<b class="late">Eve</b>`},
			} {
				if shown[c.id] != c.browser || replayed[c.id] != c.streamtest {
					t.Errorf("#%s is %q, and in streamtest %q\nwant %q, %q", c.id, shown[c.id], replayed[c.id], c.browser, c.streamtest)
				}
			}
		},
	}}
}
