package model

import (
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// order is the number of previous words that the model uses.
const order = 4

// A Model writes sentences. After its training, it is safe for concurrent use.
type Model struct {
	vocabulary []string
	index      map[string]int32
	counts     [order]map[preceding]map[int32]float64 // by length of the context
	forms      map[string][]int32                     // spellings of a word, by the word in lower case
	openings   map[string][][]int32                   // first words of sentences, by the words in the sentence
	rare       map[string]float64                     // how rare a word is among sentences
	any        [][]int32
}

// A preceding holds the words before a word, the nearest last. Unused entries are
// zero.
type preceding [order]int32

// Train returns a model of text, which is a book.
func Train(text string) *Model {
	m := &Model{
		vocabulary: []string{""}, // 0 stands before the first word
		index:      map[string]int32{},
		forms:      map[string][]int32{},
		openings:   map[string][][]int32{},
		rare:       map[string]float64{},
	}
	for n := range m.counts {
		m.counts[n] = map[preceding]map[int32]float64{}
	}
	all := sentences(text)
	for _, s := range all {
		m.learn(s)
	}
	for w, in := range m.openings {
		m.rare[w] = math.Log(float64(len(all)) / float64(len(in)))
	}
	return m
}

// learn counts the sequences of words in a sentence.
func (m *Model) learn(sentence []string) {
	ids := make([]int32, len(sentence))
	for i, w := range sentence {
		ids[i] = m.id(w)
	}
	opening := ids[:2]
	m.any = append(m.any, opening)
	seen := map[string]bool{}
	for i, id := range ids {
		for n := range order {
			c := last(ids[:i], n)
			if m.counts[n][c] == nil {
				m.counts[n][c] = map[int32]float64{}
			}
			m.counts[n][c][id]++
		}
		if w := strings.ToLower(sentence[i]); !seen[w] {
			seen[w] = true
			m.openings[w] = append(m.openings[w], opening)
		}
	}
}

func (m *Model) id(w string) int32 {
	id, ok := m.index[w]
	if !ok {
		id = int32(len(m.vocabulary))
		m.index[w] = id
		m.vocabulary = append(m.vocabulary, w)
		small := strings.ToLower(w)
		m.forms[small] = append(m.forms[small], id)
	}
	return id
}

// last returns the last n of ids as a preceding.
func last(ids []int32, n int) (c preceding) {
	ids = ids[max(0, len(ids)-n):]
	copy(c[order-len(ids):], ids)
	return c
}

// Answer writes about the prompt, word by word, each with the space before it. It
// writes some sentences. Each begins like a sentence of the book that has a word
// of the prompt. The higher the temperature, the more often Answer picks an
// unlikely word; at 1, as often as the book. It stops when the consumer does.
func (m *Model) Answer(prompt string, temperature float64, rnd *rand.Rand) iter.Seq[string] {
	return func(yield func(string) bool) {
		topic := m.topic(prompt)
		first := true
		for range 3 + rnd.IntN(3) {
			for w := range m.sentence(topic, max(temperature, coldest), rnd) {
				if first {
					w = strings.TrimPrefix(w, " ")
					first = false
				}
				if !yield(w) {
					return
				}
			}
		}
	}
}

// topic returns the rarest words of the prompt that are in the book.
func (m *Model) topic(prompt string) (topic []string) {
	for _, w := range words(strings.ToLower(prompt)) {
		if m.rare[w] > 3 {
			topic = append(topic, w)
		}
	}
	return topic
}

const (
	// longest is the number of words after which a sentence ends at its next comma.
	// A sentence that repeats itself has no comma and ends after twice as many.
	longest = 40
	// coldest is the lowest temperature. Below it, the model repeats itself.
	coldest = 0.3
)

func (m *Model) sentence(topic []string, temperature float64, rnd *rand.Rand) iter.Seq[string] {
	return func(yield func(string) bool) {
		openings := m.any
		if len(topic) > 0 {
			openings = m.openings[topic[rnd.IntN(len(topic))]]
		}
		written := append([]int32(nil), openings[rnd.IntN(len(openings))]...)
		for _, id := range written {
			if !yield(spaced(m.vocabulary[id])) {
				return
			}
		}
		for {
			id := m.next(written, topic, temperature, rnd)
			w := m.vocabulary[id]
			if len(written) >= longest && !isWord(w) || len(written) >= 2*longest {
				w = "." // in place of the comma
			}
			written = append(written, id)
			if !yield(spaced(w)) || ends(w) {
				return
			}
		}
	}
}

// next picks the next word. Longer contexts weigh more if the book has them. A
// word of the topic is made much more likely.
func (m *Model) next(written []int32, topic []string, temperature float64, rnd *rand.Rand) int32 {
	scores := map[int32]float64{}
	for n, weight := 1, 1.0; n < order; n, weight = n+1, weight*9 {
		followers := m.counts[n][last(written, n)]
		if n > 2 && len(followers) < 2 {
			continue // a single continuation would copy the book
		}
		total := 0.0
		for _, count := range followers {
			total += count
		}
		for id, count := range followers {
			scores[id] += weight * count / total
		}
	}
	for _, w := range topic {
		for _, id := range m.forms[w] {
			if scores[id] > 0 {
				scores[id] *= 20
			}
		}
	}
	if temperature != 1 {
		for id := range scores {
			scores[id] = math.Pow(scores[id], 1/temperature)
		}
	}
	return draw(scores, rnd)
}

// draw picks one of the keys, by weight.
func draw(scores map[int32]float64, rnd *rand.Rand) int32 {
	total := 0.0
	ids := slices.Sorted(maps.Keys(scores)) // so that a seed determines the answer
	for _, id := range ids {
		total += scores[id]
	}
	at := rnd.Float64() * total
	for _, id := range ids {
		if at -= scores[id]; at < 0 {
			return id
		}
	}
	return ids[len(ids)-1]
}
