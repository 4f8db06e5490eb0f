/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "web/api.h"
#include "web/assets.h"
#include "web/html.h"

#define MEMORY_MOST (16 * 1024) /* of one connection: long requests are refused */
#define IDLE_S      15

struct guest {          /* one connection */
	int descriptor; /* -1: free */
	int64_t since_us;
};

struct server {
	struct MHD_Daemon *daemon;
	int poll_descriptor;
	const struct view *(*look)(void *with);
	void *with;
	int64_t mono_us;
	struct guest guest[SERVER_CONNECTIONS];
};

/* ---- language ---- */

/* The q of the language tag at `at`: 1 unless it says otherwise. */
static double quality(const char *at)
{
	const char *q = strstr(at, ";q=");
	const char *comma = strchr(at, ',');
	if (q == NULL || (comma != NULL && comma < q))
		return 1;
	return strtod(q + 3, NULL);
}

enum language server_language(const char *accept)
{
	double best = 0;
	enum language language = VIETNAMESE;
	for (const char *at = accept; at != NULL && *at != '\0';) {
		at += strspn(at, " ,");
		bool vi = strncasecmp(at, "vi", 2) == 0,
		     en = strncasecmp(at, "en", 2) == 0;
		if ((vi || en) && quality(at) > best) {
			best = quality(at);
			language = vi ? VIETNAMESE : ENGLISH;
		}
		at = strchr(at, ',');
	}
	return language;
}

static enum language language_asked(struct MHD_Connection *connection)
{
	const char *lang =
	        MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "lang");
	if (lang != NULL && language_of(lang) >= 0)
		return (enum language)language_of(lang);
	return server_language(MHD_lookup_connection_value(
	        connection, MHD_HEADER_KIND, "Accept-Language"));
}

/* ---- answers ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
        struct MHD_Response *response, const char *type)
{
	static const char *const always[][2] = {
		{ "Content-Security-Policy",
		        "default-src 'self'; base-uri 'none'; form-action 'none'; "
		        "frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
	};
	if (response == NULL)
		return MHD_NO;
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		MHD_add_response_header(response, always[i][0], always[i][1]);
	MHD_add_response_header(response, "Content-Type", type);
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(
        struct MHD_Connection *connection, unsigned status, const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	if (response != NULL && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
	return answer(connection, status, response, "text/plain; charset=utf-8");
}

static enum MHD_Result answer_asset(
        struct MHD_Connection *connection, const struct asset *asset)
{
	const char *have = MHD_lookup_connection_value(
	        connection, MHD_HEADER_KIND, "If-None-Match");
	bool same = have != NULL && strcmp(have, asset->tag) == 0;
	struct MHD_Response *response =
	        MHD_create_response_from_buffer(same ? 0 : asset->size,
	                (void *)(uintptr_t)asset->from, MHD_RESPMEM_PERSISTENT);
	if (response != NULL) {
		MHD_add_response_header(response, "ETag", asset->tag);
		MHD_add_response_header(response, "Cache-Control", "no-cache");
	}
	return answer(connection, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response,
	        asset->type);
}

/* ---- routes ---- */

struct request {
	struct MHD_Connection *connection;
	const struct view *view;
	FILE *out;
};

static unsigned give_page(const struct request *request)
{
	enum language language = language_asked(request->connection);
	return html_page(request->out, request->view, language) == OK
	               ? MHD_HTTP_OK
	               : MHD_HTTP_INTERNAL_SERVER_ERROR;
}

static unsigned give_stations(const struct request *request)
{
	api_stations(request->out, request->view);
	return MHD_HTTP_OK;
}

static unsigned give_health(const struct request *request)
{
	return (unsigned)api_health(request->out, request->view);
}

static const struct route {
	const char *path, *type;
	unsigned (*give)(
	        const struct request *request); /* writes the body; HTTP status */
} routes[] = {
	{ "/", "text/html; charset=utf-8", give_page },
	{ "/api/v1/stations", "application/json", give_stations },
	{ "/healthz", "application/json", give_health },
};

static enum MHD_Result answer_route(struct server *server,
        struct MHD_Connection *connection, const struct route *route)
{
	char *body = NULL;
	size_t n = 0;
	struct request request = { .connection = connection,
		.view = server->look(server->with),
		.out = open_memstream(&body, &n) };
	if (request.out == NULL)
		return MHD_NO;
	unsigned status = route->give(&request);
	if (fclose(request.out) != 0) {
		free(body);
		return MHD_NO;
	}
	struct MHD_Response *response =
	        MHD_create_response_from_buffer(n, body, MHD_RESPMEM_MUST_FREE);
	if (response == NULL) {
		free(body);
		return MHD_NO;
	}
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "Vary", "Accept-Language");
	return answer(connection, status, response, route->type);
}

/* ---- guests: nobody may hold a connection with a request that never ends ---- */

static int descriptor_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	return info != NULL ? info->connect_fd : -1;
}

static struct guest *guest_of(struct server *server, int descriptor)
{
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->guest[i].descriptor == descriptor)
			return &server->guest[i];
	return NULL;
}

static void came_or_went(void *with, struct MHD_Connection *connection, void **context,
        enum MHD_ConnectionNotificationCode what)
{
	struct server *server = with;
	int descriptor = descriptor_of(connection);
	bool came = what == MHD_CONNECTION_NOTIFY_STARTED;
	struct guest *guest = guest_of(server, came ? -1 : descriptor);
	if (guest != NULL)
		*guest = (struct guest){ came ? descriptor : -1, server->mono_us };
}

/* When nobody else can come in, a second has to do: those who wait outside are as many as they like. */
static int64_t patience_us(const struct server *server)
{
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->guest[i].descriptor < 0)
			return SERVER_PATIENCE_US;
	return SERVER_FULL_US;
}

static void show_out_the_slow(struct server *server)
{
	int64_t most_us = patience_us(server);
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
		struct guest *guest = &server->guest[i];
		if (guest->descriptor >= 0 &&
		        server->mono_us - guest->since_us > most_us)
			shutdown(guest->descriptor, SHUT_RDWR);
	}
}

static enum MHD_Result handle(void *with, struct MHD_Connection *connection,
        const char *url, const char *method, const char *version, const char *data,
        size_t *data_size, void **context)
{
	struct server *server = with;
	struct asset asset;
	struct guest *guest = guest_of(server, descriptor_of(connection));
	if (guest != NULL)
		guest->since_us = server->mono_us;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	        strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer_text(
		        connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
		if (strcmp(url, routes[i].path) == 0)
			return answer_route(server, connection, &routes[i]);
	if (asset_find(&asset, url) == OK)
		return answer_asset(connection, &asset);
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "there is no such page\n");
}

/* ---- open and close ---- */

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
	bool v6;
};

/* "127.0.0.1:8087" or "[::1]:8087". */
static int address_parse(struct address *out, const char *text)
{
	char host[INET6_ADDRSTRLEN + 1];
	const char *colon = strrchr(text, ':'), *from = text;
	char *end;
	*out = (struct address){ .v6 = text[0] == '[' };
	if (colon == NULL || colon[1] == '\0')
		return MALFORMED;
	size_t n = (size_t)(colon - text);
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || port > 65535)
		return MALFORMED;
	if (out->v6) {
		if (n < 2 || text[n - 1] != ']')
			return MALFORMED;
		from++;
		n -= 2;
	}
	if (n >= sizeof host)
		return MALFORMED;
	memcpy(host, from, n);
	host[n] = '\0';
	if (out->v6) {
		out->at.v6.sin6_family = AF_INET6;
		out->at.v6.sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host, &out->at.v6.sin6_addr) == 1
		               ? OK
		               : MALFORMED;
	}
	out->at.v4.sin_family = AF_INET;
	out->at.v4.sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &out->at.v4.sin_addr) == 1 ? OK : MALFORMED;
}

static int start(struct server *server, const struct address *address)
{
	unsigned flags = MHD_USE_EPOLL | (address->v6 ? MHD_USE_IPv6 : 0);
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server,
	        MHD_OPTION_SOCK_ADDR, &address->at.any, MHD_OPTION_CONNECTION_LIMIT,
	        (unsigned)SERVER_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
	        (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	        (size_t)MEMORY_MOST, MHD_OPTION_NOTIFY_CONNECTION, came_or_went, server,
	        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)SERVER_CONNECTIONS,
	        MHD_OPTION_END);
	if (server->daemon == NULL)
		return FAILED;
	const union MHD_DaemonInfo *info =
	        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	server->poll_descriptor = info != NULL ? info->epoll_fd : -1;
	return server->poll_descriptor >= 0 ? OK : FAILED;
}

int server_open(
        struct server **out, const struct server_options *options, struct problem *why)
{
	struct address address;
	struct server *server = *out = calloc(1, sizeof *server);
	if (server == NULL)
		return problem_set(why, FAILED, EXIT_TRY_AGAIN, "not enough memory");
	server->look = options->look;
	server->with = options->with;
	for (size_t i = 0; i < SERVER_CONNECTIONS; i++)
		server->guest[i].descriptor = -1;
	if (address_parse(&address, options->listen) != OK)
		return problem_set(why, MALFORMED, EXIT_USAGE,
		        "--listen '%s': write an address and a port, for example "
		        "127.0.0.1:8087 or [::1]:8087",
		        options->listen);
	errno = 0;
	if (start(server, &address) != OK)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "cannot listen on %s: %s (another program there? ss -ltnp "
		        "tells)",
		        options->listen, errno != 0 ? strerror(errno) : "refused");
	return OK;
}

void server_close(struct server *server)
{
	if (server == NULL)
		return;
	if (server->daemon != NULL)
		MHD_stop_daemon(server->daemon);
	free(server);
}

uint16_t server_port(const struct server *server)
{
	const union MHD_DaemonInfo *info =
	        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info != NULL ? info->port : 0;
}

int server_turn(struct server *server, int most_ms, int64_t mono_us)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;
	struct pollfd ready = { .fd = server->poll_descriptor, .events = POLLIN };
	server->mono_us = mono_us;
	if (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES &&
	        wait_ms < (MHD_UNSIGNED_LONG_LONG)most_ms)
		most_ms = (int)wait_ms;
	if (poll(&ready, 1, most_ms) < 0 && errno != EINTR)
		return FAILED;
	show_out_the_slow(server);
	return MHD_run(server->daemon) == MHD_YES ? OK : FAILED;
}
