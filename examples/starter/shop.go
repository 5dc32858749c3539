package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// A Tea is what the shop sells.
type Tea struct{ ID, Name, About string }

var teas = map[string]Tea{
	"assam":  {"assam", "Assam", "Black, malty, from the valley of the Brahmaputra."},
	"oolong": {"oolong", "Oolong", "Half way between green and black."},
	"sencha": {"sencha", "Sencha", "Green, steamed, grown in full sun."},
}

// An Order has a key, which identifies its row in the list.
type Order struct {
	Key string
	Tea Tea
	At  time.Time
}

const most = 5 // orders on a page

// A shop stands for a database and other servers. Its slow methods are the loads
// of the pages.
type shop struct {
	events broker.Broker
	topic  broker.Topic
	latest live.Region // the list of orders

	mu     sync.Mutex
	orders []Order // the latest first
	number int     // of orders so far
	asked  int     // how often reviews were asked for
}

func newShop() *shop {
	s := new(shop)
	s.topic = s.events.Topic("orders")
	s.latest = live.Region{Name: "orders", URL: "/orders/events", Position: s.topic.Position, Limit: most}
	return s
}

// teas is the load of the list of teas.
func (s *shop) teas(ctx context.Context) ([]Tea, error) {
	all := slices.SortedFunc(maps.Values(teas), func(a, b Tea) int { return cmp.Compare(a.Name, b.Name) })
	return all, wait(ctx, 800*time.Millisecond)
}

// latestOrders is the load of the live list.
func (s *shop) latestOrders(ctx context.Context) ([]Order, error) {
	if err := wait(ctx, 1500*time.Millisecond); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders), nil
}

// order keeps an order and then publishes it. One lock covers both, so that orders
// are published in the order in which they are kept.
func (s *shop) order(ctx context.Context, tea Tea) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	o := Order{strconv.Itoa(s.number), tea, time.Now()}
	s.orders = slices.Insert(s.orders, 0, o)
	s.orders = s.orders[:min(most, len(s.orders))]
	_, err := s.topic.PublishComponent(ctx, s.latest.Prepend(o.Key, OrderRow(o)))
	return err
}

// A request asks for one tea. Its methods are the loads of the page of the tea.
type request struct {
	shop *shop
	id   string
}

// tea is the load of a critical boundary: its error makes the page a 404.
func (r request) tea(ctx context.Context) (Tea, error) {
	tea, ok := teas[r.id]
	if !ok {
		return Tea{}, stream.NotFound(nil)
	}
	return tea, wait(ctx, 20*time.Millisecond)
}

// reviews fails each second time, to show what a reader sees then.
func (r request) reviews(ctx context.Context) ([]string, error) {
	if err := wait(ctx, 1200*time.Millisecond); err != nil {
		return nil, err
	}
	r.shop.mu.Lock()
	defer r.shop.mu.Unlock()
	if r.shop.asked++; r.shop.asked%2 == 0 {
		return nil, errors.New("the server of the reviews is away")
	}
	return []string{"I drink nothing else.", "Good with rain."}, nil
}

// wait stands for the time of a query.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
