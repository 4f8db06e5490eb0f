/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modem lines of an open serial port: contacts between a line and DTR, relays on RTS or DTR (tty_ioctl(4)). */
#include <sys/ioctl.h>
#include <termios.h>

#include "sensors/cabinet/contact.h"

int modem_level(const struct contact_system *system, int fd, enum modem_line line)
{
	static const int bit[] = {
		[MODEM_CTS] = TIOCM_CTS,
		[MODEM_DSR] = TIOCM_DSR,
		[MODEM_DCD] = TIOCM_CAR,
		[MODEM_RI] = TIOCM_RNG,
	};
	int lines = 0;
	if (fd < 0 || system->ioctl(fd, TIOCMGET, &lines) < 0)
		return FAILED;
	return (lines & bit[line]) != 0;
}

int modem_set(
        const struct contact_system *system, int fd, enum modem_output line, bool on)
{
	int bit = line == MODEM_RTS ? TIOCM_RTS : TIOCM_DTR;
	if (fd < 0 || system->ioctl(fd, on ? TIOCMBIS : TIOCMBIC, &bit) < 0)
		return FAILED;
	return OK;
}
