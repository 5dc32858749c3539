package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

// A shop stands for a database that takes its time.
type shop struct {
	mu    sync.Mutex
	texts []string // of the notes
	asked atomic.Int64
}

type note struct{ Key string }

// An ordersPage is a page of the table.
type ordersPage struct {
	Orders []string
	Next   int
}

// orders returns the load of a page of the table.
func (s *shop) orders(page int) func(context.Context) (ordersPage, error) {
	return func(ctx context.Context) (ordersPage, error) {
		p := ordersPage{Next: page + 1}
		for i := range 3 {
			p.Orders = append(p.Orders, fmt.Sprintf("Order %d", 3*page-2+i))
		}
		return p, wait(ctx, 300*time.Millisecond)
	}
}

func (s *shop) total(ctx context.Context) (string, error) {
	return "12 orders this week", wait(ctx, 200*time.Millisecond)
}

func (s *shop) forecast(ctx context.Context) (string, error) {
	return "", errors.Join(errors.New("no model"), wait(ctx, 300*time.Millisecond))
}

// stock returns the load of what is left in a city. It fails each other time.
func (s *shop) stock(city string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if s.asked.Add(1)%2 == 0 {
			return "", errors.Join(errors.New("no answer from "+city), wait(ctx, 300*time.Millisecond))
		}
		return "3 left in " + city, wait(ctx, 300*time.Millisecond)
	}
}

func (s *shop) best(ctx context.Context) ([]string, error) {
	return []string{"Ada", "Grace"}, wait(ctx, 400*time.Millisecond)
}

func (s *shop) author(ctx context.Context) (string, error) {
	return "Ada", wait(ctx, time.Second)
}

func (s *shop) notes(context.Context) (notes []note, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.texts {
		notes = append(notes, note{strconv.Itoa(i)})
	}
	return notes, nil
}

func (s *shop) note(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := strconv.Atoi(key)
	if err != nil || i < 0 || i >= len(s.texts) {
		return "", stream.NotFound(errors.New("no such note"))
	}
	return s.texts[i], nil
}

// add adds a note and publishes its row. One lock covers both, so that the rows are
// published in the order of the notes.
func (s *shop) add(ctx context.Context, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := note{strconv.Itoa(len(s.texts))}
	s.texts = append(s.texts, text)
	_, err := topic.PublishComponent(ctx, list.Append(n.Key, Row(n)))
	return err
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
