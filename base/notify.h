/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling systemd how the service is (sd_notify(3)), without its library. */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/* Send one state ("READY=1", "STATUS=...") to $NOTIFY_SOCKET; does nothing without
 * it. */
void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
