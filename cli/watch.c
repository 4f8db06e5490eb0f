/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac watch: the live view on a terminal, and on the cabinet's own screen. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "cli/cabinet.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/watch.h"

#define EVERY_MS   1000
#define PAGE_S     10 /* of those that do not fit at once */
#define WHOLE_S    60 /* all is written anew: the kernel may have written over it */
#define CONFIG_S   10 /* before a configuration that cannot be read is read again */
#define PRINT_COLS 100

static volatile sig_atomic_t ended, resized;

static void on_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

struct arguments {
	bool kiosk;
	double for_s;
};

/* All that lasts from one look to the next. */
struct looking {
	struct common common;
	struct arguments arguments;
	struct station *station;
	char folder[4096], path[4200]; /* of the journal; of the live view */
	struct problem why;            /* of the configuration */
	struct clock clock;
	struct screen *screen;
	int64_t last_us, page_us, whole_us, config_us;
	int page;
	bool terminal, restore;
	struct termios before;
};

static bool is_console(void)
{
	const char *kind = getenv("TERM");
	return kind != NULL && strncmp(kind, "linux", 5) == 0;
}

static void no_memory(void)
{
	fputs("quantrac watch: no memory for the screen\n", stderr);
	exit(EXIT_INTERNAL);
}

/* ---- what is shown ---- */

static void read_config(struct looking *looking, const struct moment *now)
{
	const char *path = looking->common.config;
	bool vietnamese = common_vietnamese(&looking->common);
	struct problem *why = &looking->why;
	*why = (struct problem){ .exit = EXIT_CONFIG };
	looking->config_us = now->mono_us;
	int status = looking->arguments.kiosk
	                     ? station_read(&looking->station, path, NULL, why)
	                     : cabinet_read(&looking->station, path, vietnamese, why);
	if (status != OK)
		return;
	station_path(looking->station, looking->station->journal_folder,
	        looking->folder, sizeof looking->folder);
	snprintf(looking->path, sizeof looking->path, "%s/%s", looking->folder,
	        LIVE_FILE);
}

/* What is no terminal has as many lines as there is to say. */
static void measure_lines(struct looking *looking, const struct watch *watch)
{
	int rows = watch_lines(watch, PRINT_COLS);
	if (rows == looking->screen->rows)
		return;
	screen_free(looking->screen);
	looking->screen = screen_new(rows, PRINT_COLS, false);
	if (looking->screen == NULL)
		no_memory();
}

static int draw(struct looking *looking, const struct watch *watch)
{
	struct live_view view;
	struct watch with = *watch;
	struct problem why = { .text = "" };
	if (looking->station == NULL)
		return watch_draw(looking->screen, watch);
	with.offset_min = looking->station->utc_offset_min;
	if (live_read(&view, looking->path, looking->station->id, &watch->now, &why) !=
	        OK) {
		with.problem = why.text;
		return watch_draw(looking->screen, &with);
	}
	with.view = &view;
	looking->last_us = view.written_us;
	if (!looking->terminal)
		measure_lines(looking, &with);
	int pages = watch_draw(looking->screen, &with);
	live_view_free(&view);
	return pages;
}

static void look(struct looking *looking, const struct moment *now)
{
	struct watch watch = { .station = looking->station,
		.problem = looking->why.text,
		.now = *now,
		.last_us = looking->last_us,
		.vietnamese = common_vietnamese(&looking->common),
		.both = common_wants(&looking->common, "vi") &&
		        common_wants(&looking->common, "en"),
		.kiosk = looking->arguments.kiosk,
		.whole = !looking->terminal,
		.offset_min = OFFSET_VIETNAM,
		.page = looking->page };
	if (getenv("QUANTRAC_NOW") != NULL)
		watch.now.time_us = common_now();
	int pages = draw(looking, &watch);
	if (pages > 1 && now->mono_us - looking->page_us >= PAGE_S * US_PER_S) {
		looking->page = (looking->page + 1) % pages;
		looking->page_us = now->mono_us;
	}
}

/* ---- the terminal ---- */

static void measure(struct looking *looking)
{
	struct winsize size = { .ws_row = 0 };
	const char *no_colour = getenv("NO_COLOR");
	bool colour = looking->terminal && (no_colour == NULL || no_colour[0] == '\0');
	int rows = 24, cols = 80;
	if (looking->terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	        size.ws_row > 0 && size.ws_col > 0) {
		rows = size.ws_row < 10 ? 10 : size.ws_row > 200 ? 200 : size.ws_row;
		cols = size.ws_col < 40 ? 40 : size.ws_col > 400 ? 400 : size.ws_col;
	} else if (!looking->terminal) {
		cols = PRINT_COLS;
	}
	screen_free(looking->screen);
	looking->screen = screen_new(rows, cols, colour);
	if (looking->screen == NULL)
		no_memory();
	looking->screen->plain = is_console();
}

/* Nothing typed is shown, and nothing typed stops it: the screen of a cabinet has no keyboard. */
static void take_terminal(struct looking *looking)
{
	struct termios own;
	if (tcgetattr(STDOUT_FILENO, &looking->before) == 0) {
		own = looking->before;
		own.c_lflag &= (tcflag_t) ~(ECHO | ICANON);
		if (looking->arguments.kiosk) {
			own.c_lflag &= (tcflag_t)~ISIG;
			own.c_iflag &= (tcflag_t) ~(IXON | IXOFF);
		}
		tcsetattr(STDOUT_FILENO, TCSANOW, &own);
		looking->restore = true;
	}
	/* UTF-8; never blank (console_codes(4)) */
	if (is_console())
		fputs("\033%G\033[9;0]\033[14;0]", stdout);
	else
		fputs("\033[?1049h", stdout);
	fputs("\033[?25l\033[2J", stdout);
}

static void give_back(const struct looking *looking)
{
	fputs(is_console() ? "\033[0m\033[2J\033[H\033[?25h"
	                   : "\033[0m\033[?25h\033[?1049l",
	        stdout);
	fflush(stdout);
	if (looking->restore)
		tcsetattr(STDOUT_FILENO, TCSANOW, &looking->before);
}

static void show(struct looking *looking, const struct moment *now)
{
	if (!looking->terminal) {
		screen_print(looking->screen, stdout);
		fflush(stdout);
		return;
	}
	if (now->mono_us - looking->whole_us >= WHOLE_S * US_PER_S) {
		looking->whole_us = now->mono_us;
		looking->screen->stale = true;
	}
	screen_write(looking->screen, stdout);
	fflush(stdout);
	if (looking->arguments.kiosk)
		tcflush(STDOUT_FILENO, TCIFLUSH);
}

/* Until the next second, a signal, or a q where somebody can type. */
static void rest(const struct looking *looking)
{
	bool typed =
	        looking->terminal && !looking->arguments.kiosk && isatty(STDIN_FILENO);
	struct pollfd keys = { .fd = typed ? STDIN_FILENO : -1, .events = POLLIN };
	char key[16];
	if (poll(&keys, 1, EVERY_MS) <= 0 || keys.revents == 0)
		return;
	ssize_t n = read(STDIN_FILENO, key, sizeof key);
	if (n <= 0 || memchr(key, 'q', (size_t)n) != NULL)
		ended = 1;
}

static void go_on(struct looking *looking)
{
	struct moment now = clock_now(&looking->clock);
	int64_t end_us =
	        isfinite(looking->arguments.for_s)
	                ? now.mono_us + (int64_t)(looking->arguments.for_s * 1e6)
	                : INT64_MAX;
	while (!ended) {
		if (resized) {
			resized = 0;
			measure(looking);
		}
		if (looking->station == NULL &&
		        now.mono_us - looking->config_us >= CONFIG_S * US_PER_S)
			read_config(looking, &now);
		look(looking, &now);
		show(looking, &now);
		rest(looking);
		now = clock_now(&looking->clock);
		if (now.mono_us >= end_us || ferror(stdout))
			break;
	}
}

/* ---- the command ---- */

enum { OPTION_KIOSK = 0x200, OPTION_FOR };

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	switch (key) {
	case OPTION_KIOSK:
		arguments->kiosk = true;
		return 0;
	case OPTION_FOR:
		if (duration_parse(word, &arguments->for_s) != OK)
			argp_error(state, "--for: '%s' is no time; write 60s", word);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void watch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void show_all(struct looking *looking)
{
	watch_signals();
	measure(looking);
	if (looking->terminal)
		take_terminal(looking);
	go_on(looking);
	if (looking->terminal)
		give_back(looking);
}

/* It has no CSV and no JSON. */
static int no_form(const struct common *common)
{
	struct problem why;
	problem_set(&why, REFUSED, EXIT_USAGE, "%s",
	        common_vietnamese(common)
	                ? "chỉ vẽ cho người xem; số liệu cho chương trình: "
	                  "quantrac status --json"
	                : "it is a picture for people; for programs: quantrac "
	                  "status --json");
	return common_fail("watch", &why);
}

int command_watch(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "kiosk", OPTION_KIOSK, NULL, 0,
		        "the cabinet's own screen: as large as fits, no keyboard", 0 },
		{ "for", OPTION_FOR, "TIME", 0, "end after this time", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "What this cabinet measures, second by second: value, unit, "
		       "limit, time, "
		       "state, and when something was last sent. Ends with q.",
	};
	static struct looking looking = { .arguments = { .for_s = INFINITY } };
	int first =
	        common_parse(&looking.common, &argp, &looking.arguments, argc, argv);
	common_no_words("watch", first, argc, argv);
	if (looking.common.format != TABLE_TEXT)
		return no_form(&looking.common);
	if (looking.arguments.kiosk && looking.common.lang == NULL)
		looking.common.lang = "vi,en";
	looking.terminal = isatty(STDOUT_FILENO);
	clock_init(&looking.clock);
	struct moment now = clock_now(&looking.clock);
	looking.whole_us = now.mono_us;
	read_config(&looking, &now);
	if (looking.station == NULL && !looking.arguments.kiosk)
		return common_fail("watch", &looking.why);
	show_all(&looking);
	screen_free(looking.screen);
	station_free(looking.station);
	return 0;
}
