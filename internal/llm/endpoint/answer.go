package endpoint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits on what is taken from a server, so that a broken one cannot fill the memory.
const (
	maxLine   = 4 << 20
	maxAnswer = 64 << 20
	maxError  = 64 << 10
)

// Answer is a server's answer to one attempt.
type Answer struct {
	response *http.Response
	private  []string
	most     int64
	lines    *bufio.Reader
}

func newAnswer(response *http.Response, body io.Reader, call Call) *Answer {
	a := &Answer{response: response, private: call.Private, most: call.Most}
	if a.most <= 0 {
		a.most = maxAnswer
	}
	a.lines = bufio.NewReaderSize(&limited{body, a.most}, 16<<10)
	return a
}

// limited is an error, not an end, where a server sends more than it may.
type limited struct {
	body io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, Errorf(BadAnswer, "the answer is longer than any should be")
	}
	n, err := l.body.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// encoded reports an answer in an encoding that was not asked for.
func encoded(response *http.Response) bool {
	encoding := response.Header.Get("Content-Encoding")
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// MediaType is the answer's content type without parameters, in lower case.
func (a *Answer) MediaType() string {
	media, _, err := mime.ParseMediaType(a.response.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// Line gives the next line that is not blank, without its end. It is valid until the next call. The error is
// io.EOF at the end; a line that breaks off without an end is given, as some servers send their last so.
func (a *Answer) Line() ([]byte, error) {
	for {
		line, err := a.rawLine()
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (a *Answer) rawLine() ([]byte, error) {
	var line []byte
	for {
		part, err := a.lines.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, Errorf(BadAnswer, "a line of the answer is longer than %d MiB", maxLine>>20)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err // the line is torn: what came of it must not count
		}
		return line, err
	}
}

// JSON decodes the whole answer. Its error quotes nothing of it.
func (a *Answer) JSON(v any) error {
	body, err := io.ReadAll(a.lines)
	if err != nil {
		return err
	}
	return Decode(body, v)
}

// Decode is json.Unmarshal with an *Error that quotes nothing of the data. Bytes that are not UTF-8 are an error, too:
// json would replace them, and what was meant would be lost without a word.
func Decode(data []byte, v any) error {
	if !utf8.Valid(data) {
		return &Error{Kind: BadAnswer, Again: true, Err: errors.New("the answer is not UTF-8")}
	}
	err := json.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	var known *Error // of a type that decodes itself
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &known):
		return known
	case looksLikeHTML(data):
		return Errorf(BadAnswer, "the answer is a web page, not a model server's: is the URL right?")
	case errors.As(err, &syntax):
		return &Error{Kind: BadAnswer, Again: true, Err: errors.New("the answer is not JSON")}
	case errors.As(err, &kind):
		return Errorf(BadAnswer, "the answer's field %q is not what it should be", kind.Field)
	}
	return Errorf(BadAnswer, "the answer cannot be decoded")
}

func looksLikeHTML(data []byte) bool {
	head := strings.ToLower(strings.TrimSpace(string(data[:min(len(data), 64)])))
	return strings.HasPrefix(head, "<!doctype") || strings.HasPrefix(head, "<html")
}

// failure is the error of an answer whose status is not 2xx.
func (a *Answer) failure() *Error {
	body, _ := io.ReadAll(io.LimitReader(a.lines, maxError)) // the status says enough when this breaks
	failed := FromServer(a.response.StatusCode, ServerMessage(body), a.private)
	failed.After = retryAfter(a.response.Header.Get("Retry-After"), time.Now())
	return failed
}

// Failure is the error for a message that a server sent inside an answer whose status was good.
func (a *Answer) Failure(message string) *Error {
	failed := FromServer(http.StatusInternalServerError, message, a.private)
	failed.Status = 0
	return failed
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
		return max(0, time.Duration(min(seconds, 86400))*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
