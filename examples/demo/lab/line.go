package lab

import (
	"context"
	"log/slog"
	"path"
	"strings"
	"time"
)

// A Line is a line of the log. Before and After are the text around the digest,
// if there is one.
type Line struct {
	At                    time.Duration // since the request
	Level                 slog.Level
	Before, Digest, After string
	Name                  string   // of the boundary
	Stack                 []string // the relevant frames of a panic
}

// newLine returns the line as slog's TextHandler writes it, without the time and
// the stack.
func newLine(at time.Duration, level slog.Level, message string, attrs []slog.Attr) Line {
	l := Line{At: at, Level: level}
	record := slog.NewRecord(time.Time{}, level, message, 0)
	for _, a := range attrs {
		switch a.Key {
		case "stack":
			l.Stack = frames(a.Value.String())
			continue
		case "digest":
			l.Digest = a.Value.String()
		case "name":
			l.Name = a.Value.String()
		}
		record.AddAttrs(a)
	}
	var text strings.Builder
	_ = slog.NewTextHandler(&text, nil).Handle(context.Background(), record) // a Builder never fails
	l.Before = strings.TrimSpace(text.String())
	if l.Digest != "" {
		l.Before, l.After, _ = strings.Cut(l.Before, l.Digest)
	}
	return l
}

// deepest is the number of frames of a stack that are shown.
const deepest = 4

// frames returns the functions below the panic in a stack as formatted by
// debug.Stack, each with its file's name and line.
func frames(stack string) (frames []string) {
	_, stack, _ = strings.Cut(stack, "\npanic(")
	lines := strings.Split(stack, "\n")
	for i := 2; i+1 < len(lines) && len(frames) < deepest; i += 2 {
		function := lines[i]
		if open := strings.LastIndex(function, "("); open > 0 {
			function = function[:open]
		}
		file, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		frames = append(frames, path.Base(function)+" "+path.Base(file))
	}
	return frames
}
