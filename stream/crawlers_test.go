package stream_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// What crawlers and previewers send, as their operators document it or as it is
// found in logs.
var crawlers = []struct{ name, agent string }{
	{"Googlebot", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/146.0.7680.174 Safari/537.36"},
	{"Googlebot, smartphone", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.7680.174 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
	{"Googlebot, rarely", "Googlebot/2.1 (+http://www.google.com/bot.html)"},
	{"Googlebot, images", "Googlebot-Image/1.0"},
	{"Google Search Console", "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)"},
	{"bingbot", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/146.0.0.0 Safari/537.36"},
	{"bingbot, old", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
	{"Bing's snapshots", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview) Chrome/100.0.4896.127 Safari/537.36"},
	{"Facebook", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
	{"Facebook, short", "facebookexternalhit/1.1"},
	{"Apple's Messages", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"},
	{"Meta", "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)"},
	{"Meta, for a user", "meta-externalfetcher/1.1"},
	{"Slack", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
	{"Slack, other uses", "Slackbot 1.0 (+https://api.slack.com/robots)"},
	{"Twitter", "Twitterbot/1.0"},
	{"LinkedIn", "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"},
	{"Discord", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"},
	{"Telegram", "TelegramBot (like TwitterBot)"},
	{"WhatsApp", "WhatsApp/2.22.9.76 i"},
	{"WhatsApp, Android", "WhatsApp/2.17.427 Android/6.0 Device/HTC-HTC_Desire_816"},
	{"Signal", "WhatsApp/2"},
	{"Apple", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)"},
	{"DuckDuckGo", "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)"},
	{"DuckDuckGo, https", "Mozilla/5.0 (compatible; DuckDuckBot-Https/1.1; https://duckduckgo.com/duckduckbot)"},
	{"Yandex", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"},
	{"Baidu", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"},
	{"Baidu, rendering", "Mozilla/5.0 (compatible; Baiduspider-render/2.0; +http://www.baidu.com/search/spider.html)"},
	{"Pinterest", "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)"},
	{"Skype and Teams", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com"},
	{"Skype, otherwise spelt", "Mozilla/5.0 (Windows nt 6.1; wow64) SkypeURIPreview Preview/0.5"},
	{"Mastodon before 4.3", "http.rb/5.1.1 (Mastodon/4.2.10; +https://mastodon.example/)"},
	{"Mastodon", "Mastodon/4.4.0 (http.rb/5.3.1; +https://mastodon.example/)"},
	{"Bluesky", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app) Chrome/100.0.4896.127 Safari/537.36"},
	{"OpenAI", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)"},
	{"OpenAI, search", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36; compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot"},
	{"OpenAI, for a user", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot"},
	{"Anthropic", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)"},
	{"Anthropic, search", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-SearchBot/1.0; +searchbot@anthropic.com)"},
	{"Anthropic, for a user", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)"},
	{"Perplexity", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)"},
	{"Perplexity, for a user", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)"},
	{"Common Crawl", "CCBot/2.0 (https://commoncrawl.org/faq/)"},
}

// What browsers send, also those in the apps of the operators above and on devices
// with names like theirs.
var browsers = []struct{ name, agent string }{
	{"Chrome", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"},
	{"Edge", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0"},
	{"Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
	{"Safari", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15"},
	{"Safari on a phone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"},
	{"headless Chrome", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/146.0.0.0 Safari/537.36"},
	{"a phone of Cubot", "Mozilla/5.0 (Linux; Android 10; CUBOT P40) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.104 Mobile Safari/537.36"},
	{"another one", "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0.4147.125 Mobile Safari/537.36"},
	{"WhatsApp for Windows", "Mozilla/5.0 (Windows NT 6.2) AppleWebKit/537.36 (KHTML, like Gecko) WhatsAppElectron/1.0.3 Chrome/108.0.5359.215 Electron/22.3.27 Safari/537.36"},
	{"WhatsApp for Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) whatsapp-app/1.0.1 Chrome/91.0.4472.124 Electron/13.1.6 Safari/537.36"},
	{"a WebView that names WhatsApp", "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 WhatsApp/2.23.20.0"},
	{"the Facebook app", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/500.0.0.49.105;FBBV/697008488;FBDV/iPhone14,2;FBMD/iPhone;FBSN/iOS;FBSV/18.3;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]"},
	{"the Facebook app on Android", "Mozilla/5.0 (Linux; Android 16; Pixel 10 Pro XL Build/CP1A.260305.018; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/146.0.7680.174 Mobile Safari/537.36 MetaIAB Facebook"},
	{"the Pinterest app", "Mozilla/5.0 (Linux; Android 7.0; BL5000 Build/NRD90M; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/63.0.3239.111 Mobile Safari/537.36 [Pinterest/Android]"},
	{"the Google app", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/320.0.633849231 Mobile/15E148 Safari/604.1"},
	{"DuckDuckGo's browser", "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile DuckDuckGo/5 Safari/537.36"},
	{"Yandex's browser", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 YaBrowser/23.7.1 Yowser/2.5 Safari/537.36"},
	{"Baidu's browser", "Mozilla/5.0 (Linux; Android 9; V1818A Build/PKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/76.0.3809.89 Mobile Safari/537.36 T7/12.0 baiduboxapp/12.0.5.10 (Baidu; P1 9)"},
	{"Slack's app", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.33.84 Chrome/114.0.5735.134 Electron/25.2.0 Safari/537.36"},
	{"Teams", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_3) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.3.00.362 Chrome/66.0.3359.181 Electron/3.1.13 Safari/537.36"},
	{"Skype", "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Skype/8.79.0.95 Chrome/91.0.4472.164 Electron/13.6.0 Safari/537.36"},
	{"Discord's app", "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) discord/1.0.9016 Chrome/108.0.5359.215 Electron/22.3.12 Safari/537.36"},
	{"a name within another", "Mozilla/5.0 (X11; Linux x86_64) NotGooglebot/1.0 Googlebots/1.0 Firefox/140.0"},
	{"a name in a URL", "Mozilla/5.0 (X11; Linux x86_64; +https://example.com/googlebot) Firefox/140.0"},
	{"curl", "curl/8.5.0"},
	{"none", ""},
}

func TestCrawlers(t *testing.T) {
	mode := stream.Crawlers(always(stream.OutOfOrder))
	for _, tt := range crawlers {
		t.Run(tt.name, func(t *testing.T) {
			if got := mode(browserOf(tt.agent)); got != stream.Complete {
				t.Errorf("mode = %v, want %v", got, stream.Complete)
			}
		})
	}
	for _, tt := range browsers {
		t.Run("not "+tt.name, func(t *testing.T) {
			if got := mode(browserOf(tt.agent)); got != stream.OutOfOrder {
				t.Errorf("mode = %v, want %v", got, stream.OutOfOrder)
			}
		})
	}
	t.Run("without a next, DefaultMode chooses", func(t *testing.T) {
		r := browserOf("curl/8.5.0")
		if got := stream.Crawlers(nil)(r); got != stream.OutOfOrder {
			t.Errorf("mode of a navigation = %v, want %v", got, stream.OutOfOrder)
		}
		r.Header.Set("HX-Request", "true")
		if got := stream.Crawlers(nil)(r); got != stream.Complete {
			t.Errorf("mode of an htmx request = %v, want %v", got, stream.Complete)
		}
	})
	t.Run("Vary is the same for a crawler as for others", func(t *testing.T) {
		want := chosen(t, nil, header("Accept", "text/html"))
		for _, agent := range []string{"", "Googlebot/2.1"} {
			got := chosen(t, stream.Crawlers(nil), header("Accept", "text/html", "User-Agent", agent))
			if agent != "" {
				want = choice{stream.Complete, varyAccept, ""}
			}
			if got != want {
				t.Errorf("User-Agent %q gets %+v, want %+v", agent, got, want)
			}
		}
	})
	t.Run("allocates nothing", func(t *testing.T) {
		for _, agent := range []string{crawlers[0].agent, browsers[0].agent} {
			r := browserOf(agent)
			if got := testing.AllocsPerRun(100, func() { mode(r) }); got != 0 && !testkit.Race {
				t.Errorf("%v allocations for %q, want none", got, agent)
			}
		}
	})
}

// browserOf returns a request with that User-Agent.
func browserOf(agent string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	if agent != "" {
		r.Header.Set("User-Agent", agent)
	}
	return r
}

func BenchmarkCrawlers(b *testing.B) {
	mode := stream.Crawlers(nil)
	for _, v := range []struct{ name, agent string }{
		{"browser", browsers[0].agent}, {"longest browser", browsers[11].agent}, {"crawler", crawlers[0].agent},
	} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			r := browserOf(v.agent)
			for b.Loop() {
				mode(r)
			}
		})
	}
}
