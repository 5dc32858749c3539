package stream

import (
	"net/http"
	"strings"
)

// Crawlers returns a Mode function that sends whole pages, with their real status,
// to known crawlers and to programs that show previews of links, such as Googlebot
// and Slackbot. These run the scripts of a page late, as
// https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics
// says, or not at all. Crawlers recognises them by the product in their User-Agent,
// which anyone can send. For all others next chooses the mode. Nil means DefaultMode.
//
// Crawlers does not name User-Agent in Vary: almost every browser has a different
// one, so a shared cache would store a page once for each. The price is that such a
// cache may give a reader the page that was made for a crawler, or a crawler a
// streamed one. Both have the same content, but the status of a streamed page was
// decided before its boundaries were ready. If a shared cache stores your pages and
// that matters, let the requests of crawlers pass the cache by, or make "crawler or
// not" a part of its key.
//
// Crawlers calls next for crawlers, too, so that Vary names the same headers in
// all answers.
func Crawlers(next func(*http.Request) Mode) func(*http.Request) Mode {
	if next == nil {
		next = DefaultMode
	}
	return func(r *http.Request) Mode {
		mode := next(r)
		if isCrawler(first(r.Header["User-Agent"])) {
			return Complete
		}
		return mode
	}
}

// crawlers are the products that crawlers and previewers name in their User-Agent.
// Where no page is given, the operator documents none, and the string itself is the
// source.
var crawlers = [...]string{
	// https://developers.google.com/search/docs/crawling-indexing/overview-google-crawlers
	"Googlebot", "Google-InspectionTool",
	// https://www.bing.com/webmasters/help/which-crawlers-does-bing-use-8c184ec0
	"bingbot", "MicrosoftPreview",
	// https://developers.facebook.com/docs/sharing/webmasters/web-crawlers, also of Apple's Messages
	"facebookexternalhit", "meta-externalagent", "meta-externalfetcher",
	// https://api.slack.com/robots
	"Slackbot",
	// https://developer.x.com/en/docs/x-for-websites/cards/guides/getting-started
	"Twitterbot",
	"LinkedInBot",
	"Discordbot",
	"TelegramBot",
	"SkypeUriPreview", // also of Teams
	// https://support.apple.com/en-us/119829
	"Applebot",
	// https://duckduckgo.com/duckduckgo-help-pages/results/duckduckbot/
	"DuckDuckBot",
	// https://yandex.com/bots
	"YandexBot",
	// https://www.baidu.com/search/spider.html
	"Baiduspider",
	// https://www.pinterest.com/bot.html
	"Pinterestbot",
	// https://github.com/mastodon/mastodon/blob/main/lib/mastodon/version.rb
	"Mastodon",
	"Cardyb", // of Bluesky
	// https://developers.openai.com/api/docs/bots
	"GPTBot", "OAI-SearchBot", "ChatGPT-User",
	// https://support.anthropic.com/en/articles/8896518
	"ClaudeBot", "Claude-SearchBot", "Claude-User",
	// https://docs.perplexity.ai/guides/bots
	"PerplexityBot", "Perplexity-User",
	// https://commoncrawl.org/faq/
	"CCBot",
}

// crawlersByInitial are the crawlers by the place of their initial in the alphabet.
var crawlersByInitial = func() (by [32][]string) {
	for _, name := range crawlers {
		by[name[0]&31] = append(by[name[0]&31], name)
	}
	return by
}()

// whatsApp is the start of the User-Agent with which WhatsApp and Signal make previews.
// The browsers in such apps name it elsewhere.
const whatsApp = "WhatsApp"

// isCrawler reports whether the User-Agent agent names one of the crawlers as a
// product. The name of a product begins after a space or an opening bracket, so a URL
// is none. Its case does not matter, and a hyphen may follow it: Googlebot-Image is
// a Googlebot.
func isCrawler(agent string) bool {
	if isProduct(agent, whatsApp) && !strings.HasPrefix(agent[len(whatsApp):], "-") {
		return true
	}
	for i := range len(agent) {
		if i > 0 && agent[i-1] != ' ' && agent[i-1] != '(' {
			continue
		}
		for _, name := range crawlersByInitial[agent[i]&31] {
			if isProduct(agent[i:], name) {
				return true
			}
		}
	}
	return false
}

// isProduct reports whether s begins with name, in any case, and name ends there.
func isProduct(s, name string) bool {
	if len(s) < len(name) || !strings.EqualFold(s[:len(name)], name) {
		return false
	}
	if len(s) == len(name) {
		return true
	}
	c := s[len(name)]
	letter := 'a' <= c|0x20 && c|0x20 <= 'z'
	return !letter && c != '_' && (c < '0' || c > '9')
}
