/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A serial line.  libserialport finds and sets it; then we read and write its descriptor ourselves,
 * since its own blocking calls spin when an adapter is pulled out.  A line that another master asks
 * is opened for reading alone: the system itself refuses to send there.
 *
 * libserialport 0.1.1 refuses symbolic links, so the by-id name is resolved first; it takes no lock,
 * so we do, with a descriptor of our own and before it opens anything: to open a line that another
 * uses would set his speed and modem lines, to close it would drop what waits for him.  Even to open
 * it for the lock raises DTR and RTS, so whoever has it already is found without that.  It refuses
 * pseudo-terminals, which are opened with plain termios.
 */
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "sensors/ports/holder.h"
#include "sensors/ports/port.h"

struct serial {
	struct port port;
	const struct port_setting *setting;
	struct sp_port *library; /* NULL: closed, or a pseudo-terminal */
	int lock, fd;            /* -1: not held; closed */
	bool told;               /* that a pseudo-terminal has no speed */
};

/* What errno means here, with the cure where there is one. */
static const char *reason_of(int error)
{
	if (error == ENOENT)
		return "there is no such device; is the adapter plugged in?";
	if (error == EBUSY)
		return "another program has it for itself; `quantrac serial list` (as "
		       "root) names it";
	return strerrordesc_np(error);
}

static int problem_open(
        const struct serial *serial, struct problem *why, const char *text)
{
	return problem_set(why, FAILED, EXIT_NO_FILE, "port %s: %s: %s",
	        serial->setting->id, serial->setting->path, text);
}

static int problem_path(const struct serial *serial, struct problem *why, int error)
{
	char forbidden[HOLD_FORBIDDEN];
	bool denied = error == EACCES || error == EPERM;
	if (denied)
		hold_tell_forbidden(serial->setting->path, forbidden);
	int status = problem_open(serial, why, denied ? forbidden : reason_of(error));
	return error == ENOENT ? NOT_FOUND : status;
}

static void serial_close(struct port *port)
{
	struct serial *serial = (struct serial *)port;
	if (serial->fd >= 0) {
		tcflush(serial->fd, TCIOFLUSH);
		if (serial->library == NULL || sp_close(serial->library) != SP_OK)
			close(serial->fd);
	}
	if (serial->library != NULL)
		sp_free_port(serial->library);
	if (serial->lock >= 0)
		close(serial->lock);
	serial->library = NULL;
	serial->fd = serial->lock = -1;
}

static enum sp_parity parity_of(char letter)
{
	switch (letter) {
	case 'E':
		return SP_PARITY_EVEN;
	case 'O':
		return SP_PARITY_ODD;
	case 'M':
		return SP_PARITY_MARK;
	case 'S':
		return SP_PARITY_SPACE;
	default:
		return SP_PARITY_NONE;
	}
}

/* Speed, framing and modem lines; a line without modem lines may refuse DTR and RTS. */
static const char *set_line(struct sp_port *library, const struct port_setting *setting)
{
	const struct line *line = &setting->line;
	if (sp_set_baudrate(library, line->baud) != SP_OK)
		return "this speed cannot be set";
	if (sp_set_bits(library, line->data_bits) != SP_OK)
		return "this number of data bits cannot be set";
	if (sp_set_parity(library, parity_of(line->parity)) != SP_OK)
		return "this parity cannot be set";
	if (sp_set_stopbits(library, line->stop_bits) != SP_OK)
		return "this number of stop bits cannot be set";
	if (sp_set_flowcontrol(library, SP_FLOWCONTROL_NONE) != SP_OK)
		return "flow control cannot be switched off";
	sp_set_dtr(library, setting->dtr ? SP_DTR_ON : SP_DTR_OFF);
	/* an adapter that sends while RTS is on would hold the line of another master */
	bool rts = setting->rts && !setting->listen;
	sp_set_rts(library, rts ? SP_RTS_ON : SP_RTS_OFF);
	return NULL;
}

static int open_library(struct serial *serial, struct problem *why)
{
	enum sp_mode mode = serial->setting->listen ? SP_MODE_READ : SP_MODE_READ_WRITE;
	if (sp_open(serial->library, mode) != SP_OK)
		return problem_open(serial, why, reason_of(errno));
	const char *text = set_line(serial->library, serial->setting);
	if (sp_get_port_handle(serial->library, &serial->fd) != SP_OK)
		text = "it has no descriptor";
	if (text == NULL && fcntl(serial->fd, F_SETFL, O_NONBLOCK) != 0)
		text = reason_of(errno);
	return text == NULL ? OK : problem_open(serial, why, text);
}

static int open_pty(struct serial *serial, const char *path, struct problem *why)
{
	struct termios raw;
	int way = serial->setting->listen ? O_RDONLY : O_RDWR;
	serial->fd = open(path, way | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (serial->fd < 0)
		return problem_open(serial, why, reason_of(errno));
	if (tcgetattr(serial->fd, &raw) != 0)
		return problem_open(serial, why, "it is not a terminal");
	cfmakeraw(&raw);
	tcsetattr(serial->fd, TCSANOW, &raw);
	if (!serial->told)
		log_line(LOG_INFO,
		        "port %s: %s is a pseudo-terminal: speed and parity have no "
		        "effect there",
		        serial->setting->id, serial->setting->path);
	serial->told = true;
	return OK;
}

/* Somebody has it: another program, or another port of ours by another name of the device. */
static int problem_locked(
        const struct serial *serial, const struct holder *holder, struct problem *why)
{
	char who[96] = "another program";
	if (holder != NULL && holder->pid == (long)getpid())
		return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
		        "port %s: %s is the device of another port of the "
		        "configuration, by another name: wire the instruments to one "
		        "port",
		        serial->setting->id, serial->setting->path);
	if (holder != NULL)
		snprintf(who, sizeof who, "%s (pid %ld)", holder->name, holder->pid);
	return problem_set(why, REFUSED, EXIT_TRY_AGAIN,
	        "port %s: %s is in use by %s; stop it, or give it another port",
	        serial->setting->id, serial->setting->path, who);
}

/* A line that is known to be locked stays as it is.  The lock itself is the truth: somebody may have
 * been quicker, or not be shown. */
static int take_lock(struct serial *serial, const char *path, struct problem *why)
{
	struct holder holder;
	if (hold_locker(&holder, path))
		return problem_locked(serial, &holder, why);
	serial->lock = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (serial->lock < 0)
		return problem_open(serial, why, reason_of(errno));
	if (flock(serial->lock, LOCK_EX | LOCK_NB) == 0)
		return OK;
	return problem_locked(serial, hold_locker(&holder, path) ? &holder : NULL, why);
}

static int open_path(struct serial *serial, const char *path, struct problem *why)
{
	bool pty = strncmp(path, "/dev/pts/", 9) == 0;
	if (sp_get_port_by_name(path, &serial->library) != SP_OK && !pty)
		return problem_open(serial, why, "it is not a serial port");
	int status = take_lock(serial, path, why);
	if (status != OK)
		return status;
	return serial->library != NULL ? open_library(serial, why)
	                               : open_pty(serial, path, why);
}

static int serial_open(struct port *port, struct problem *why)
{
	struct serial *serial = (struct serial *)port;
	char path[PATH_MAX];
	serial_close(port);
	if (realpath(serial->setting->path, path) == NULL)
		return problem_path(serial, why, errno);
	int status = open_path(serial, path, why);
	if (status == OK)
		tcflush(serial->fd, TCIOFLUSH);
	else
		serial_close(port);
	return status;
}

static int serial_descriptor(struct port *port)
{
	return ((struct serial *)port)->fd;
}

static short serial_events(struct port *port)
{
	return ((struct serial *)port)->fd >= 0 ? POLLIN : 0;
}

static int serial_read(struct port *port, uint8_t *out, size_t room, bool readable)
{
	ssize_t n = read(((struct serial *)port)->fd, out, room);
	if (n > 0)
		return (int)n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* A terminal in raw mode answers 0 when there is nothing; only when poll() had called it
	 * readable does that mean it has gone away. */
	if (n == 0 && !readable)
		return 0;
	port->reason = n < 0 ? strerrordesc_np(errno) : NULL;
	return HUNG_UP;
}

static int serial_write(struct port *port, const uint8_t *in, size_t n)
{
	ssize_t written = write(((struct serial *)port)->fd, in, n);
	if (written >= 0)
		return (int)written;
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	port->reason = strerrordesc_np(errno);
	return HUNG_UP;
}

static void serial_free(struct port *port)
{
	serial_close(port);
	free(port);
}

struct port *port_serial_new(const struct port_setting *setting)
{
	struct serial *serial = calloc(1, sizeof *serial);
	if (serial == NULL)
		return NULL;
	serial->setting = setting;
	serial->fd = serial->lock = -1;
	serial->port = (struct port){
		.open = serial_open,
		.descriptor = serial_descriptor,
		.events = serial_events,
		.read = serial_read,
		.write = serial_write,
		.close = serial_close,
		.free = serial_free,
	};
	return &serial->port;
}
