package chat

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Visit is the content of one page.
type Visit struct {
	Model    string // name of the model
	Paced    bool   // the model can be slowed down
	Question string
	Pace     int      // words a second; 0 means as fast as the model can
	Problem  string   // what is wrong with the question, for the visitor
	Answers  []Answer // empty if nothing was asked
}

// A Choice is a value of the form and its label.
type Choice struct {
	Value int
	Label string
}

// The default is the fastest pace.
var paces = []Choice{{0, "as fast as it can"}, {30, "30 words a second"}, {10, "10 words a second"}, {4, "4 words a second"}}

// A manner is a way to answer a question.
type manner struct {
	Name        string
	Temperature float64
}

var manners = []manner{{"Careful", 0.5}, {"Plain", 1}, {"Daring", 1.5}}

// Title names the manner and its temperature.
func (m manner) Title() string { return fmt.Sprintf("%s, temperature %v", m.Name, m.Temperature) }

// visit returns a page without a question.
func (c *chat) visit() Visit {
	return Visit{Model: c.model.Model, Paced: c.model.Paced, Question: "Why is the sky blue?"}
}

// ask asks a question in each manner, or describes what is wrong with it.
func (v *Visit) ask(c *chat, text, pace string) {
	v.Question = text
	q, problem := question(text, pace)
	if problem != "" {
		v.Problem = problem
		return
	}
	v.Question, v.Pace = q.Text, q.Pace
	for _, m := range manners {
		q.Temperature = m.Temperature
		v.Answers = append(v.Answers, Answer{manner: m, tally: &tally{chat: c, question: q, over: make(chan struct{})}})
	}
}

// A Question is a question within the limits.
type Question struct {
	Text        string
	Pace        int
	Temperature float64
}

// question makes a Question of a visitor's input, or returns what is wrong with
// the input.
func question(text, pace string) (q Question, problem string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "�"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return q, "Please enter a question."
	case n > longest:
		return q, fmt.Sprintf("That is too long: a question may have %d characters.", longest)
	}
	perSecond, err := strconv.Atoi(pace)
	if err != nil || perSecond < 0 {
		perSecond = 0
	}
	return Question{Text: text, Pace: perSecond, Temperature: 1}, ""
}
