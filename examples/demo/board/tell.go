package board

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// tell publishes the guests that pages have not been told of, those of other
// instances, too: one that was killed, or gave up on NATS, may have kept a guest
// and have told nobody. Who misses an event reads it with the page.
func (b *Board) tell(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	list, err := b.book.guests(ctx)
	if err != nil {
		return err
	}
	for first, told := true, list.Told; ; first = false {
		guest, ok := list.after(told)
		switch {
		case !ok && first:
			return nil
		case !ok:
			return b.book.told(ctx, told)
		}
		if _, err := b.topic().PublishComponent(ctx, b.news(guest, !first)); err != nil {
			return err
		}
		told = guest.Number
		if list, err = b.book.guests(ctx); err != nil { // who has come meanwhile?
			return err
		}
	}
}

// news is one event, so that no page has half of it. Pages may have the guest
// already, and keep the place unless it is to be the first again: two may sign at
// once, and the last of them who is told of must be the last on the list.
func (b *Board) news(g Guest, again bool) templ.Component {
	if g.Number == 1 { // of a list that was deleted there may be others
		return b.list.ReplaceAll(b.GuestsView([]Guest{g}))
	}
	news := b.list.Prepend(g.Key(), GuestView(g))
	if again {
		news = templ.Join(b.list.Remove(g.Key()), news)
	}
	if gone := g.Number - mostGuests; gone > 0 {
		news = templ.Join(news, b.list.Remove(strconv.Itoa(gone)))
	}
	return news
}
