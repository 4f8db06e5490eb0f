# Nothing lost: replayed crash states, kills, failed calls, and what the tests reach.

PROOF_RECORDS = $(wildcard base/journal*.c base/wire.c base/record.c base/socket*.c base/door*.c \
  sensors/keeper/link.c sensors/keeper/ring.c sensors/keeper/uplink*.c sensors/keeper/keeper*.c collector/desk*.c \
  collector/apart.c collector/ingest*.c collector/inlet*.c collector/known.c collector/leaves.c \
  collector/refusals.c collector/waiting.c archive/placing.c \
  collector/shelf.c collector/batch.c collector/seal*.c archive/seals.c)
COVERING = $(filter test_fail% test_journal% test_wire% test_record test_socket% test_door% test_link% \
  test_uplink% test_known test_placing test_ring% test_keeper% test_apart% test_desk% test_ingest% test_inlet% \
  test_collect% test_waiting% test_notes% test_seal% test_scrub% test_keys% test_checkpoint% test_proof% test_verify%,$(TESTS))

build/cov/%.o: %.c build/see/.made
	@mkdir -p $(@D)
	$(call say,COV,$<) $(call compile,$*,-O0 -g --coverage)
build/cov/tests/test_%: $(PROOF_RECORDS:%.c=build/cov/%.o) build/san/libtests.a $(LINKS.quantrac-office:%=build/san/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(SANITIZE) --coverage -Wl,--wrap=_exit $(LDFLAGS) -o $@ $(linked) $(LDLIBS) -lcmocka
build/cov/tests/prove_%: build/san/tests/prove/prove_%.o $(PROOF_RECORDS:%.c=build/cov/%.o) \
                         build/san/libtests.a $(LINKS.quantrac-office:%=build/san/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(SANITIZE) -static-libasan --coverage -Wl,--wrap=_exit $(LDFLAGS) -o $@ $^ \
	  $(LDLIBS) -lcmocka
-include $(wildcard build/cov/*/*.d build/cov/*/*/*.d)

build/san/tests/prove_%: build/san/tests/prove/prove_%.o build/san/libtests.a \
                         $(LINKS.quantrac-office:%=build/san/lib%.a)
	$(call say,LINK,$@) $(CC) $(SANITIZE) -static-libasan $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
build/shim_fail.so: tests/prove/shim_fail_names.c
build/shim_writes.so build/shim_fail.so: build/shim_%.so: tests/prove/shim_%.c build/see/.made
	$(call say,SHIM,$@) $(CC) $(WARN) -D_GNU_SOURCE -iquote build/see/tests -O1 -g -fPIC -shared -o $@ $(filter %.c,$^) -ldl -pthread

WRAPPED = malloc calloc realloc aligned_alloc mmap strdup strndup open_memstream zmq_ctx_new zmq_socket \
  zmq_bind zmq_connect zmq_socket_monitor zmq_setsockopt zmq_getsockopt zmq_send zmq_recv zmq_msg_recv \
  pthread_create
build/san/tests/prove_failing build/cov/tests/prove_failing: LDFLAGS += $(WRAPPED:%=-Wl,--wrap=%)
# tests named test_fail_* do it to small pieces of work in their own process
FAIL_TESTS = $(filter test_fail_%,$(TESTS))
$(FAIL_TESTS:%=build/san/tests/%) $(FAIL_TESTS:%=build/cov/tests/%): build/rel/tests/prove/shim_fail.o build/rel/tests/prove/shim_fail_names.o
$(FAIL_TESTS:%=build/san/tests/%) $(FAIL_TESTS:%=build/cov/tests/%): LDFLAGS += $(WRAPPED:%=-Wl,--wrap=%) -ldl

# Power cuts, replayed: CRASH_STATES=10000 for the long form
CRASH_STATES ?= 1500
crash: build/san/tests/prove_crash build/shim_writes.so
	@build/san/tests/prove_crash -n $(CRASH_STATES)

# kill -9 of the real daemons: KILLS=2000 for the long form
KILLS ?= 200
kills: build/san/tests/prove_kills $(SAN_PROGRAMS) $(SHIPPED)
	@build/san/tests/prove_kills -n $(KILLS)

# Every call of the record path fails once; FAIL_FLAGS='-e 9 -s 1': every ninth, always the same
FAIL_FLAGS ?=
failing: build/san/tests/prove_failing build/shim_fail.so $(SHIPPED)
	@build/san/tests/prove_failing $(FAIL_FLAGS)

# Transactions against every fault of the simulator, for every kind of line; TRANSACTIONS=100000 for the long form.
# Without the sanitizers (test_faults has them): it is about what is taken for an answer.
TRANSACTIONS ?= 10000
build/prove/faults: build/rel/tests/prove/prove_faults.o build/rel/libtests.a $(LINKS.quantrac-office:%=build/rel/lib%.a)
	@mkdir -p $(@D)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
faults: build/prove/faults $(SHIPPED)
	@build/prove/faults -n $(TRANSACTIONS)
.PHONY: crash kills failing faults

# of prove_failing: every ninth call, always the same; COVERAGE_FLAGS='-e 1' for all of them
COVERAGE_FLAGS ?= -e 9 -s 1
coverage: $(COVERING:%=build/cov/tests/%) build/cov/tests/prove_failing build/cov/tests/prove_crash \
          build/shim_fail.so build/shim_writes.so $(SAN_PROGRAMS) $(SHIPPED)
	@tests/coverage $(COVERING:%=build/cov/tests/%) -- $(COVERAGE_FLAGS)

.PHONY: coverage
