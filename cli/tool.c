/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sensors/tools/talk.h"

volatile sig_atomic_t tool_stop;

static void on_signal(int number)
{
	tool_stop = 1;
}

void tool_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- the port a person names ---- */

bool tool_same_device(const char *one, const char *other)
{
	struct stat a, b;
	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_rdev == b.st_rdev &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static bool is_file(const char *path)
{
	return access(path, F_OK) == 0;
}

/* What is there is no serial port: what it is, [0] English, [1] Vietnamese; NULL: it may be one.
 * Without opening it, for that raises DTR and RTS. */
static const char *const *other_kind(const char *path)
{
	static const char *const folder[] = { "a folder", "thư mục" };
	static const char *const file[] = { "a file", "tệp" };
	static const char *const device[] = { "a device of another kind",
		"thiết bị loại khác" };
	static const char *const screen[] = { "a console of this machine's own screen",
		"màn hình của chính máy này" };
	char link[64], subsystem[PATH_MAX];
	struct stat st;
	if (stat(path, &st) != 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return folder;
	if (!S_ISCHR(st.st_mode))
		return S_ISREG(st.st_mode) ? file : device;
	unsigned major = major(st.st_rdev), minor = minor(st.st_rdev);
	if (major >= 136 && major <= 143) /* /dev/pts: Linux allocated devices */
		return NULL;
	if (major == 5 || (major == 4 && minor < 64))
		return screen;
	snprintf(link, sizeof link, "/sys/dev/char/%u:%u/subsystem", major, minor);
	ssize_t n = readlink(link, subsystem, sizeof subsystem - 1);
	subsystem[n > 0 ? n : 0] = '\0';
	const char *name = strrchr(subsystem, '/');
	if (major == 1 || (name != NULL && strcmp(name, "/tty") != 0))
		return device;
	return NULL;
}

int tool_port(
        struct tool_port *out, const char *word, bool vietnamese, struct problem *why)
{
	*out = (struct tool_port){ 0 };
	snprintf(out->word, sizeof out->word, "%s", word);
	out->setting = (struct port_setting){ .id = out->word,
		.path = out->path,
		.dtr = 1,
		.rts = 1,
		.host = out->host,
		.service = out->service };
	line_parse("9600 8N1", &out->setting.line);
	if (is_file(word))
		snprintf(out->path, sizeof out->path, "%s", word);
	else if (strchr(word, '/') == NULL && strchr(word, ':') == NULL)
		snprintf(out->path, sizeof out->path, "/dev/%s", word);
	if (out->path[0] != '\0' && is_file(out->path)) {
		const char *const *kind = other_kind(out->path);
		out->pty = talk_is_pty(out->path);
		if (kind == NULL)
			return OK;
		return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
		        vietnamese ? "'%s' không phải là cổng nối tiếp mà là %s; "
		                     "`quantrac serial list` liệt kê các cổng"
		                   : "'%s' is no serial port but %s; `quantrac serial "
		                     "list` lists them",
		        word, kind[vietnamese]);
	}
	out->path[0] = '\0';
	if (port_tcp_parse(word, out->host, sizeof out->host, out->service) == OK)
		return OK;
	return problem_set(why, NOT_FOUND, EXIT_NO_FILE,
	        vietnamese ? "không có cổng '%s'; `quantrac serial list` liệt kê các "
	                     "cổng, hoặc ghi máy:cổng"
	                   : "there is no port '%s'; `quantrac serial list` lists "
	                     "them, or write host:port",
	        word);
}

/* ---- why it cannot be opened ---- */

__attribute__((format(printf, 3, 4))) static void say(
        char *out, size_t room, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(out, room, format, args);
	va_end(args);
}

static const char *short_name(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ? path + 5 : path;
}

static void tell_forbidden(struct tool_trouble *out, const struct hold *hold, bool vi)
{
	bool group = hold->group[0] != '\0' && strcmp(hold->group, "root") != 0;
	out->word = "no permission";
	say(out->text, sizeof out->text,
	        vi ? "người dùng này không có quyền mở cổng"
	           : "this user may not open it");
	if (group)
		say(out->cure, sizeof out->cure,
		        vi ? "sudo adduser $USER %s, rồi đăng nhập lại"
		           : "sudo adduser $USER %s, then log in again",
		        hold->group);
	else
		say(out->cure, sizeof out->cure,
		        vi ? "chạy lệnh bằng sudo" : "run this with sudo");
}

static void tell_console(struct tool_trouble *out, const char *path, bool vi)
{
	out->word = "console";
	say(out->text, sizeof out->text,
	        vi ? "hệ điều hành đang dùng cổng này làm bảng điều khiển (console)"
	           : "the kernel writes its messages there (console)");
	say(out->cure, sizeof out->cure,
	        vi ? "bỏ console=%s khỏi dòng lệnh khởi động rồi khởi động lại máy"
	           : "take console=%s out of the kernel's command line and boot again",
	        short_name(path));
}

static void tell_holder(struct tool_trouble *out, const struct holder *holder,
        const char *path, bool vi)
{
	bool login = holder->how == HOLDS_LOGIN;
	out->word = login ? "login" : "in use";
	say(out->text, sizeof out->text,
	        login ? (vi ? "%s (pid %ld) chờ người đăng nhập trên cổng này"
	                    : "%s (pid %ld) waits there for somebody to log in")
	              : (vi ? "%s (pid %ld) đang dùng cổng này"
	                    : "%s (pid %ld) is using it"),
	        holder->name, holder->pid);
	if (login)
		say(out->cure, sizeof out->cure,
		        "sudo systemctl disable --now serial-getty@%s.service",
		        short_name(path));
	else if (strcmp(holder->name, "quantrac-sensord") == 0)
		say(out->cure, sizeof out->cure,
		        vi ? "`quantrac status` cho xem số liệu; muốn dùng cổng thì "
		             "dừng: sudo systemctl stop quantrac-sensord"
		           : "`quantrac status` shows what it reads; to have the port: "
		             "sudo systemctl stop quantrac-sensord");
	else
		say(out->cure, sizeof out->cure,
		        vi ? "dừng chương trình đó trước" : "end that program first");
}

static void tell_modem_manager(struct tool_trouble *out, bool vi)
{
	out->word = "modem manager";
	say(out->text, sizeof out->text,
	        vi ? "ModemManager thử gửi lệnh ra mọi cổng vừa cắm"
	           : "ModemManager tries its commands on every port that is plugged "
	             "in");
	say(out->cure, sizeof out->cure, "sudo systemctl disable --now ModemManager");
}

bool tool_trouble(struct tool_trouble *out, const struct hold *hold, const char *path,
        bool vietnamese)
{
	*out = (struct tool_trouble){ .word = "" };
	if (hold->missing) {
		out->word = "not plugged in";
		say(out->text, sizeof out->text,
		        vietnamese ? "không có thiết bị này"
		                   : "there is no such device");
		say(out->cure, sizeof out->cure,
		        vietnamese ? "cắm bộ chuyển đổi; `quantrac serial list` liệt "
		                     "kê các cổng"
		                   : "plug the adapter in; `quantrac serial list` "
		                     "lists the ports");
	} else if (hold->n > 0) {
		tell_holder(out, &hold->holder[0], path, vietnamese);
	} else if (hold->console) {
		tell_console(out, path, vietnamese);
	} else if (hold->forbidden) {
		tell_forbidden(out, hold, vietnamese);
	} else if (hold->modem_manager) {
		tell_modem_manager(out, vietnamese);
	}
	return out->word[0] != '\0';
}

/* At the other end of a pseudo-terminal its maker has it open, and a person may know better
 * than we who else is on a line; a lock is never passed over. */
static void locks_only(struct hold *hold)
{
	size_t n = 0;
	for (size_t i = 0; i < hold->n; i++)
		if (hold->holder[i].how == HOLDS_LOCK)
			hold->holder[n++] = hold->holder[i];
	hold->n = n;
	hold->console = false;
}

int tool_port_free(struct tool_port *port, bool vietnamese, struct problem *why)
{
	char real[PATH_MAX];
	struct hold hold;
	struct tool_trouble trouble;
	if (port->path[0] == '\0' || realpath(port->path, real) == NULL)
		return OK;
	hold_look(&hold, real, "");
	/* ModemManager looks only at what is plugged in just now */
	hold.modem_manager = false;
	if (port->pty || port->own)
		locks_only(&hold);
	port->sensord =
	        hold.n > 0 && strcmp(hold.holder[0].name, "quantrac-sensord") == 0;
	if (!tool_trouble(&trouble, &hold, real, vietnamese))
		return OK;
	return problem_set(why, hold_taken(&hold) ? REFUSED : FAILED,
	        hold_taken(&hold) ? EXIT_TRY_AGAIN : EXIT_NO_FILE, "%s: %s; %s",
	        port->setting.id, trouble.text, trouble.cure);
}
