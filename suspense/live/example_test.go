package live_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A program sets Position to broker.Topic.Position and keeps the script, which
// these examples leave out to be shorter.
var scores = live.Region{
	Name:     "scores",
	URL:      "/scores",
	Position: func(context.Context) (string, error) { return "k3f9-12", nil },
	Script:   stream.NoScript(),
}

type game struct{ Key, Score string }

func score(g game) templ.Component { return templ.Raw("<li>" + templ.EscapeString(g.Score) + "</li>") }

func show(c templ.Component) {
	if err := c.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	fmt.Println()
}

// The region arrives like any view, between markers and with the position of its
// events. In a templ file:
//
//	<ul aria-live="polite">
//		@live.Await(scores, Dots(), games, Games)
//	</ul>
func ExampleAwait() {
	games := func(ctx context.Context) ([]game, error) {
		return database(ctx, []game{{"7", "2:1"}})
	}
	view := func(games []game) templ.Component {
		var items []templ.Component
		for _, g := range games {
			items = append(items, scores.Item(g.Key, score(g)))
		}
		return templ.Join(items...)
	}
	visit(live.Await(scores, text("counting"), games, view))
	// Output:
	// <?start name="1">counting<?end>
	// <template for="1"><?start name="scores.live"><?start name="scores"><?marker name="scores.start"><?start name="scores.7"><li>2:1</li><?end name="scores.7"><?marker name="scores.end"><?end name="scores"><?live scores 12 /scores?lastEventId=k3f9-><template data-r></template><?end name="scores.live"></template><!/>
}

// The match is over, and no event will follow. The page has the scores without a
// region, and opens no stream.
func ExampleErrEnded() {
	final := scores
	final.Position = func(context.Context) (string, error) { return "", live.ErrEnded }
	games := func(ctx context.Context) (game, error) { return database(ctx, game{"7", "2:1"}) }
	visit(live.Await(final, text("counting"), games, score))
	// Output:
	// <?start name="1">counting<?end>
	// <template for="1"><li>2:1</li></template><!/>
}

// Wrong: the list is inside the region. Appended items then stand behind the list
// instead of in it. Put Await into the list.
func ExampleAwait_listWithin() {
	games := func(context.Context) (string, error) { return "2:1", nil }
	view := func(s string) templ.Component {
		return templ.Raw("<ul><li>" + s + "</li></ul>")
	}
	html, _ := templ.ToGoHTML(context.Background(), live.Await(scores, nil, games, view))
	list, rest, _ := strings.Cut(string(html), "</ul>")
	fmt.Println(strings.Contains(list, "scores.end"), strings.Contains(rest, "scores.end"))
	// Output: false true
}

// A program makes a region once, and uses it in the page and to publish.
func ExampleRegion() {
	region := live.Region{
		Name:     "scores",
		URL:      "/scores",
		Position: func(context.Context) (string, error) { return "k3f9-12", nil }, // topic.Position
		Script:   stream.ExternalScript("/assets/live.js"),                        // from package assets
	}
	show(region.Remove("7")) // topic.PublishComponent(ctx, region.Remove("7"))
	// Output: <template for="scores.7"></template>
}

func ExampleRegion_Item() {
	show(scores.Item("7", score(game{"7", "2:1"})))
	// Output: <?start name="scores.7"><li>2:1</li><?end name="scores.7">
}

func ExampleRegion_ReplaceAll() {
	show(scores.ReplaceAll(text("No games today.")))
	// Output: <template id="scores" for="scores"><?start name="scores"><?marker name="scores.start">No games today.<?marker name="scores.end"><?end name="scores"></template>
}

func ExampleRegion_Append() {
	show(scores.Append("8", score(game{"8", "0:0"})))
	// Output: <template id="scores.8" for="scores.end"><?start name="scores.8"><li>0:0</li><?end name="scores.8"><?marker name="scores.end"></template>
}

func ExampleRegion_Prepend() {
	show(scores.Prepend("8", score(game{"8", "0:0"})))
	// Output: <template id="scores.8" for="scores.start"><?marker name="scores.start"><?start name="scores.8"><li>0:0</li><?end name="scores.8"></template>
}

func ExampleRegion_Replace() {
	show(scores.Replace("8", score(game{"8", "0:1"})))
	// Output: <template id="scores.8" for="scores.8"><?start name="scores.8"><li>0:1</li><?end name="scores.8"></template>
}

func ExampleRegion_Before() {
	show(scores.Before("8", "7", score(game{"8", "0:0"})))
	// Output: <template id="scores.8" for="?before scores.7"><?start name="scores.8"><li>0:0</li><?end name="scores.8"></template>
}

func ExampleRegion_After() {
	show(scores.After("8", "7", score(game{"8", "0:0"})))
	// Output: <template id="scores.8" for="?after scores.7"><?start name="scores.8"><li>0:0</li><?end name="scores.8"></template>
}

// One event changes an item and moves it to the place that it has now. The other one
// moves an item to the end.
func ExampleRegion_Move() {
	show(templ.Join(scores.Replace("8", score(game{"8", "3:0"})), scores.Move("8", "7")))
	show(scores.Move("7", ""))
	// Output:
	// <template id="scores.8" for="scores.8"><?start name="scores.8"><li>3:0</li><?end name="scores.8"></template><template for="?move scores.8 scores.7"></template>
	// <template for="?move scores.7 scores.end"></template>
}

// Each page keeps the last hundred lines of a log.
func ExampleRegion_limit() {
	lines := live.Region{Name: "log", URL: "/log", Position: scores.Position, Limit: 100}
	show(lines.Append("8", text("ready")))
	// Output: <template id="log.8" for="log.end" data-limit="100"><?start name="log.8">ready<?end name="log.8"><?marker name="log.end"></template>
}

func ExampleRegion_Remove() {
	show(scores.Remove("8"))
	// Output: <template for="scores.8"></template>
}
