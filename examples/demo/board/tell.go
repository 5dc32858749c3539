package board

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// tell publishes the guests that pages have not received, including guests of
// other instances. An instance that was killed, or gave up on NATS, may have
// committed a guest without publishing it. A page that misses an event reads the
// guest when it loads.
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
		if list, err = b.book.guests(ctx); err != nil { // there may be new guests
			return err
		}
	}
}

// news is one event, so that no page shows half of it. Pages may have the guest
// already. Its item then stays in place, unless again is true: it is removed and
// becomes the first. After several guests, the last one published must be the
// first on every page.
func (b *Board) news(g Guest, again bool) templ.Component {
	if g.Number == 1 { // pages may show guests of a list that was deleted
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
