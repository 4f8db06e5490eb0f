/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the technician's commands share: the port a person names, who has it, and the
 * signal that ends them. */
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>

#include "base/status.h"
#include "sensors/ports/holder.h"
#include "sensors/ports/port.h"

struct tool_port {
	char word[PATH_MAX];                         /* as it was named */
	char path[PATH_MAX], host[256], service[16]; /* path "": TCP */
	bool pty;
	bool own;     /* a person says that nobody else's use of it matters */
	bool sensord; /* after tool_port_free: it is quantrac-sensord who has it */
	struct port_setting
	        setting; /* of the above, 9600 8N1; both must stay where they are */
};

/* The port meant by "/dev/ttyUSB0", "ttyUSB0", a link, or "host:port".  OK, or NOT_FOUND. */
int tool_port(
        struct tool_port *out, const char *word, bool vietnamese, struct problem *why);

/* Two paths of one device, which must be there. */
bool tool_same_device(const char *one, const char *other);

/* OK; REFUSED (EXIT_TRY_AGAIN): somebody has it, and what to do about it; FAILED: it may
 * not be opened. */
int tool_port_free(struct tool_port *port, bool vietnamese, struct problem *why);

/* The process of a running sensord of this configuration that reads the instrument (NULL: any or
 * none); 0: there is none. */
struct station;
long sensord_reads(const struct station *station, const char *instrument);
/* What a sensord shows beside the file as it is now: it has other instruments, or reads some of them at
 * another place or in another way: `whom`, "cod, flow". */
struct live_view;
enum sensord_differs { SENSORD_SAME, SENSORD_OTHERS, SENSORD_CHANGED };
enum sensord_differs sensord_differs(const struct live_view *view,
        const struct station *station, char *whom, size_t room);
/* REFUSED (EXIT_TRY_AGAIN), and that this process is using the port. */
int sensord_tell(const char *port, long pid, bool vietnamese, struct problem *why);
/* OK; or that, of a sensord that reads an instrument of the configuration there, by host and
 * service or by the device. */
int sensord_leaves(const struct tool_port *port, const struct station *station,
        bool vietnamese, struct problem *why);

/* Why a port cannot be opened, and the cure, in one line each; false: it can. */
struct tool_trouble {
	const char *word; /* for programs: "no permission", "in use", ... */
	char text[256], cure[256];
};
bool tool_trouble(struct tool_trouble *out, const struct hold *hold, const char *path,
        bool vietnamese);

/* Set by SIGINT and SIGTERM after tool_catch_signals. */
extern volatile sig_atomic_t tool_stop;
void tool_catch_signals(void);

/* Stopped by a person before its end. */
#define EXIT_STOPPED EXIT_TRY_AGAIN

#endif
