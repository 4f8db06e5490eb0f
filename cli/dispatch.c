/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/log.h"
#include "cli/common.h"

bool command_help_asked(int argc, char **argv)
{
	bool asked = argc > 1 && strcmp(argv[1], "help") == 0;
	for (int i = 1; i < argc && argv[1][0] == '-'; i++)
		asked |= strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-?") == 0 ||
		         (i + 1 == argc && strcmp(argv[i], "help") == 0);
	return asked;
}

bool command_vietnamese(int argc, char **argv)
{
	static const char option[] = "--lang";
	const size_t n = sizeof option - 1;
	struct common common = { 0 };
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], option, n) != 0)
			continue;
		if (argv[i][n] == '=')
			common.lang = argv[i] + n + 1;
		else if (argv[i][n] == '\0' && i + 1 < argc)
			common.lang = argv[i + 1];
	}
	return common_vietnamese(&common);
}

static void list_commands(
        const char *program, const struct command *table, bool vietnamese, FILE *out)
{
	fprintf(out,
	        vietnamese ? "%s %s: quan trắc môi trường khu công nghiệp\n\n"
	                   : "%s %s: environmental monitoring of industrial zones\n\n",
	        program, QUANTRAC_VERSION);
	for (const struct command *command = table; command->name != NULL; command++)
		if (command->summary != NULL)
			fprintf(out, "  %-12s %s%s\n", command->name,
			        vietnamese ? command->summary_vi : command->summary,
			        vietnamese && !common_has_vietnamese(command->name)
			                ? " (*)"
			                : "");
	if (vietnamese)
		fputs("\n(*) chỉ nói tiếng Anh; nhật ký của các chương trình nền "
		      "(sensord, collectd, webd) cũng bằng tiếng Anh.\n",
		        out);
	fprintf(out,
	        vietnamese ? "\n%s LỆNH --help cho biết các tùy chọn của một lệnh.\n"
	                   : "\n%s COMMAND --help tells the options of one.\n",
	        program);
}

static const char *nearest(const struct command *table, const char *word)
{
	const char *known[64];
	size_t n = 0;
	for (; n < 63 && table[n].name != NULL; n++)
		known[n] = table[n].name;
	known[n] = NULL;
	return did_you_mean(word, known);
}

/* "quantrac --archive DIR verify": options before the command belong behind it. */
static void command_first(int argc, char **argv)
{
	static const char *const with_value[] = { "--archive", "--config", "--lang",
		"--format" };
	int at = 1;
	while (at < argc && argv[at][0] == '-') {
		bool skip = false;
		for (size_t i = 0; i < sizeof with_value / sizeof with_value[0]; i++)
			skip = skip || strcmp(argv[at], with_value[i]) == 0;
		at += skip ? 2 : 1;
	}
	if (at <= 1 || at >= argc)
		return;
	char *command = argv[at];
	memmove(&argv[2], &argv[1], (size_t)(at - 1) * sizeof argv[0]);
	argv[1] = command;
}

void command_arrange(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") != 0 &&
	        strcmp(argv[1], "--version") != 0)
		command_first(argc, argv);
}

/* A file opened later must not become what results are printed into. */
static void fill_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(EXIT_INTERNAL);
}

/* A reader that has left (`| head`) wants to hear no more, not of this either. */
static bool reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* Results that nobody got are no success. */
static int ended(const char *program, const char *command, int code)
{
	bool lost = ferror(stdout) != 0;
	errno = 0;
	lost = fflush(stdout) != 0 || lost;
	if (!lost)
		return code;
	if (!reader_left())
		fprintf(stderr, "%s %s: the results could not be written%s%s\n",
		        program, command, errno != 0 ? ": " : "",
		        errno != 0 ? strerror(errno) : "");
	return code != 0 ? code : EXIT_OUTPUT;
}

int command_dispatch(
        const char *program, const struct command *table, int argc, char **argv)
{
	log_start("quantrac", LOG_WARN);
	fill_descriptors();
	bool vietnamese = command_vietnamese(argc, argv);
	common_speak(vietnamese);
	if (argc < 2) {
		list_commands(program, table, vietnamese, stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("quantrac %s\n", QUANTRAC_VERSION);
		return ended(program, argv[1], 0);
	}
	if (command_help_asked(argc, argv)) {
		list_commands(program, table, vietnamese, stdout);
		return ended(program, argv[1], 0);
	}
	for (const struct command *command = table; command->name != NULL; command++)
		if (strcmp(argv[1], command->name) == 0)
			return ended(program, command->name,
			        command->run(argc - 1, argv + 1));
	const char *near = nearest(table, argv[1]);
	if (near != NULL)
		common_tell("%s: '%s' is no command, did you mean '%s'?; see %s help",
		        program, argv[1], near, program);
	else
		common_tell("%s: '%s' is no command; see %s help", program, argv[1],
		        program);
	return EXIT_USAGE;
}
