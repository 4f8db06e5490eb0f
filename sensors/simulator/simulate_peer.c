/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to a port of the simulator: requests in, and what is on its way out. */
#include "sensors/simulator/simulate_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/legal_time.h"
#include "base/log.h"

#define QUIET_US INT64_C(200000) /* half a request this old will never be whole */
#define BYTE_US  1000            /* of one who babbles: about 9600 baud */

void peer_close(struct serve_peer *peer)
{
	if (peer->descriptor >= 0)
		close(peer->descriptor);
	peer->descriptor = -1;
	peer->n = 0;
	if (peer->way != NULL)
		simulate_way_clear(peer->way);
}

static void note_sent(struct serve *serve, const struct serve_port *port,
        const struct way_message *message)
{
	FILE *sent = serve->options->sent;
	char stamp[TIME_TEXT];
	if (sent == NULL)
		return;
	fprintf(sent, "%s,%s,%s,",
	        time_print(serve_time(serve, message->asked_us),
	                serve->scenario->head.offset_min, stamp),
	        serve->scenario->port[port->index].id, message->instrument->id);
	for (size_t i = 0; i < message->sent; i++)
		fprintf(sent, "%02x", message->bytes[i]);
	fputc('\n', sent);
}

static void hang_up(struct serve_port *port, struct serve_peer *peer)
{
	if (port->slave < 0)
		peer_close(peer);
	else
		serve_port_rename(port);
}

void peer_write(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t now_us)
{
	uint8_t out[WAY_BYTES];
	const struct way_message *whole;
	int n;
	while ((n = simulate_way_take(peer->way, now_us, out, sizeof out, &whole)) !=
	        0) {
		if (n < 0) {
			hang_up(port, peer);
			return;
		}
		if (write(peer->descriptor, out, (size_t)n) != n)
			log_seldom(LOG_WARN, port->link,
			        "%s: an answer could not be sent: %s",
			        serve->scenario->port[port->index].id, strerror(errno));
		else if (whole != NULL)
			note_sent(serve, port, whole);
	}
}

void peer_babble(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t since_us)
{
	uint8_t out[256];
	size_t n = (size_t)(since_us / BYTE_US);
	if (n > sizeof out)
		n = sizeof out;
	if (n == 0 || !simulate_babbles(serve->scenario, port->index,
	                      serve_time(serve, serve_clock()), out, n))
		return;
	if (write(peer->descriptor, out, n) < 0)
		log_seldom(LOG_DETAIL, port->link, "%s: nobody takes what is babbled",
		        serve->scenario->port[port->index].id);
}

static void peer_look(struct serve *serve, struct serve_port *port,
        struct serve_peer *peer, int64_t now_us)
{
	size_t at = 0;
	while (at < peer->n) {
		struct simulated answer;
		int used = simulate_answer(serve->scenario, port->index, peer->in + at,
		        peer->n - at, serve_time(serve, now_us), &answer);
		if (used == FRAME_SHORT)
			break;
		if (used > 0)
			simulate_way_put(peer->way, &answer, peer->in + at,
			        (size_t)used, now_us);
		at += used > 0 ? (size_t)used : 1;
	}
	memmove(peer->in, peer->in + at, peer->n - at);
	peer->n -= at;
}

void peer_read(struct serve *serve, struct serve_port *port, struct serve_peer *peer,
        int64_t now_us)
{
	if (peer->n > 0 && now_us - peer->heard_us > QUIET_US)
		peer->n = 0;
	if (peer->n == sizeof peer->in)
		peer->n = 0;
	ssize_t n =
	        read(peer->descriptor, peer->in + peer->n, sizeof peer->in - peer->n);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* nobody has the pseudo-terminal open: EIO; a TCP client that went away: 0 */
	if (n <= 0) {
		if (port->slave < 0)
			peer_close(peer);
		return;
	}
	peer->heard_us = now_us;
	peer->n += (size_t)n;
	peer_look(serve, port, peer, now_us);
}
