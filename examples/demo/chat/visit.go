package chat

import (
	"crypto/rand"
	"fmt"
	"net/http"
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
	Key      string   // of the form, so that sent twice it asks once
	Answers  []Answer // empty if nothing was asked
	Query    string   // of the page with the answers
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
func (c *Chat) visit() Visit {
	return Visit{Model: c.model.Model, Paced: c.model.Paced, Question: "Why is the sky blue?", Key: rand.Text()}
}

// read reads the form, or describes what is wrong with it and returns the status
// of the answer.
func (v *Visit) read(r *http.Request) (status int) {
	v.Question = r.PostFormValue("question")
	q, problem := question(v.Question, r.PostFormValue("pace"))
	if problem != "" {
		v.Problem = problem
		return http.StatusUnprocessableEntity
	}
	v.Question, v.Pace = q.Text, q.Pace
	return http.StatusOK
}

// A Question is a question within the limits.
type Question struct {
	Text        string
	Pace        int
	Temperature float64
}

// question makes a Question of a visitor's input, or returns what is wrong with
// the input.
func question(text, perSecond string) (q Question, problem string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "�"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return q, "Please enter a question."
	case n > longest:
		return q, fmt.Sprintf("That is too long: a question may have %d characters.", longest)
	}
	return Question{Text: text, Pace: pace(perSecond), Temperature: 1}, ""
}

// pace returns words a second, or zero if a visitor's input is no number.
func pace(input string) int {
	n, _ := strconv.Atoi(input)
	return max(n, 0)
}
