package chat

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Visit is what one page shows.
type Visit struct {
	Model    string // its name
	Paced    bool   // the model can be asked to take its time
	Question string
	Pace     int      // words a second; 0 means as fast as the model can
	Problem  string   // with the question, for the visitor
	Answers  []Answer // none: nothing was asked
}

// A Choice is a value of the form and what the page calls it.
type Choice struct {
	Value int
	Label string
}

// Nothing waits unless somebody asks for it.
var paces = []Choice{{0, "as fast as it can"}, {30, "30 words a second"}, {10, "10 words a second"}, {4, "4 words a second"}}

// A manner is how a question is answered.
type manner struct {
	Name        string
	Temperature float64
}

var manners = []manner{{"Careful", 0.5}, {"Plain", 1}, {"Daring", 1.5}}

// Title says what is different about the answer.
func (m manner) Title() string { return fmt.Sprintf("%s, temperature %v", m.Name, m.Temperature) }

// visit is the visit of somebody who has not asked anything.
func (c *chat) visit() Visit {
	return Visit{Model: c.model.Model, Paced: c.model.Paced, Question: "Why is the sky blue?"}
}

// ask puts a question in each manner, or says what is wrong with it.
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

// A Question is what the model is asked, within the limits.
type Question struct {
	Text        string
	Pace        int
	Temperature float64
}

// question makes a Question of what a visitor has typed, or tells the visitor
// what is wrong with that.
func question(text, pace string) (q Question, problem string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "�"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return q, "Ask something."
	case n > longest:
		return q, fmt.Sprintf("That is too long: a question may have %d characters.", longest)
	}
	perSecond, err := strconv.Atoi(pace)
	if err != nil || perSecond < 0 {
		perSecond = 0
	}
	return Question{Text: text, Pace: perSecond, Temperature: 1}, ""
}
