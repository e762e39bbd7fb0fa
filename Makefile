# pt: build, test, install.  `make help` lists the targets.
#
# Everything that is made goes to build/; build/asan and its like hold the same tree built with
# other flags, by the same rules: make BUILD=build/asan SANITIZE=-fsanitize=address.
# A program is cmd/pt-NAME.c, with cmd/pt-NAME/*.c for its subcommands where it has them.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
DESTDIR  ?=
BUILD    ?= build
PKG      ?= pkg-config
ifeq ($(origin CC),default)
CC       := gcc
endif

# Each library that is needed, by its pkg-config name, and the Debian package that has it.
NEEDED   := sqlite3:libsqlite3-dev zlib:zlib1g-dev
# Libraries that make it faster where they are, with the macro that says so.
OPTIONAL := libdeflate:libdeflate-dev
# What building needs beside them, and what the tests and the demo run.
TOOLS    := build-essential pkg-config sqlite3 jq mandoc python3 shellcheck valgrind clang \
            libclang-rt-dev libxml2-utils python3-jsonschema util-linux tzdata
# Programs whose output is read in the tests; `make deps check` installs them, none is started.
SENDERS  := collectd-core libcurl3-gnutls libyajl2 prometheus-node-exporter sysstat nginx-light \
            rsyslog

need      = $(firstword $(subst :, ,$(1)))
package   = $(lastword $(subst :, ,$(1)))
LIBS     := $(foreach l,$(NEEDED),$(call need,$(l)))

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
            -Wpointer-arith -Wundef -Wwrite-strings
# -O3: at -O2, gcc 12 leaves the loops over columns of points without vector instructions.
CFLAGS   ?= -O3 -g
HARDEN   := -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
# pkg-config is asked when the first file is compiled, not before: `make deps all` may install it.
FOUND        = $(eval FOUND := $(shell for l in $(foreach l,$(OPTIONAL),$(call need,$(l))); do \
                   $(PKG) --exists $$l && echo $$l; done))$(FOUND)
HAVE         = $(foreach l,$(FOUND),-DPT_HAVE_$(shell echo $(l) | tr a-z- A-Z_))
PKG_CFLAGS   = $(eval PKG_CFLAGS := $(shell $(PKG) --cflags $(LIBS) $(FOUND)) $(HAVE))$(PKG_CFLAGS)
PKG_LIBS     = $(eval PKG_LIBS := $(shell $(PKG) --libs $(LIBS) $(FOUND)))$(PKG_LIBS)
PT_CPPFLAGS  = -Ilib -D_GNU_SOURCE -DPT_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
PT_CFLAGS    = -std=c17 $(WARN) $(if $(WERROR),-Werror) $(CFLAGS) $(SANITIZE) $(HARDEN)
PT_LIBS      = $(PKG_LIBS) -lm -lpthread
COMPILE      = $(CC) $(CPPFLAGS) $(PT_CPPFLAGS) $(PT_CFLAGS) -MMD -MP

LIB_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard lib/*/*.c))) $(BUILD)/lib/report/page.o
CMD_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/*.c cmd/*/*.c))
PROGRAMS := $(sort $(notdir $(basename $(wildcard cmd/pt-*.c))))
BINS     := $(PROGRAMS:%=$(BUILD)/%)
UNIT     := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*/*.c)))
FUZZERS  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/*.c)))
BENCHES  := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/*.c)))
PAGES    := $(patsubst %,$(BUILD)/%,$(sort $(wildcard man/*.[157])))
SHELLS   := $(foreach s,bash zsh fish,$(PROGRAMS:%=$(BUILD)/completions/%.$(s)))

.PHONY: all always
.DELETE_ON_ERROR:
all: $(BINS) $(if $(SANITIZE),,$(BUILD)/pt.so) $(BUILD)/trading-day ## build the programs (the default)

# --- building ------------------------------------------------------------------------------------

# One clear line for each thing that is missing; looked at once.
missing  = { echo "$(1) is missing: apt-get install $(2), or make deps" >&2; exit 1; }
$(BUILD)/.needed: $(filter deps,$(MAKECMDGOALS))
	@command -v $(PKG) >/dev/null || $(call missing,pkg-config,pkg-config)
	@$(foreach l,$(NEEDED),$(PKG) --exists $(call need,$(l)) || \
	    $(call missing,the library $(call need,$(l)),$(call package,$(l)));)
	@$(foreach l,$(OPTIONAL),$(PKG) --exists $(call need,$(l)) || \
	    echo "$(call need,$(l)) is not there: built without it, slower (apt-get install" \
	        "$(call package,$(l)))";)
	@mkdir -p $(@D) && touch $@

# The command that compiles; objects made by another one are made anew.
$(BUILD)/.compile: always | $(BUILD)/.needed
	@$(file >$@.new,$(COMPILE)) cmp -s $@.new $@ || cp $@.new $@

$(BUILD)/%.o: %.c $(BUILD)/.compile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# The style sheet and the script of report pages, as C constants.
$(BUILD)/lib/report/page.c: lib/report/page.sh lib/report/page.css lib/report/page.js
	@mkdir -p $(@D)
	lib/report/page.sh lib/report >$@

$(BUILD)/lib/report/page.o: $(BUILD)/lib/report/page.c $(BUILD)/.compile
	$(COMPILE) -c -o $@ $<

$(BUILD)/libpt.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

define program
$(BUILD)/$(1): $(patsubst %.c,$(BUILD)/%.o,$(wildcard cmd/$(1).c cmd/$(1)/*.c)) $(BUILD)/libpt.a
	$$(CC) $$(PT_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(PT_LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# The SQLite extension: the library again, as lib/sql/extension.c explains.  A program that loads it
# has no sanitizers, so they are not for it.
PIC_OBJ  := $(patsubst %.c,$(BUILD)/pic/%.o,$(foreach l,base record series store query sql,\
                $(sort $(wildcard lib/$(l)/*.c))))
$(BUILD)/pic/%.o: %.c $(BUILD)/.compile
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -fvisibility=hidden -ffunction-sections -DPT_SQL_EXTENSION \
	    -include lib/sql/api.h -c -o $@ $<

$(BUILD)/pt.so: $(PIC_OBJ)
	$(CC) $(PT_CFLAGS) -shared -Wl,--gc-sections,-z,defs $(LDFLAGS) -o $@ $^ \
	    $(filter-out -lsqlite3,$(PT_LIBS))

$(BUILD)/trading-day: samples/trading-day.c $(BUILD)/.compile
	$(COMPILE) $(LDFLAGS) -o $@ $< -lm

.PHONY: werror
werror: ## build everything with gcc and with clang, warnings as errors
	$(MAKE) BUILD=build/gcc CC=gcc WERROR=1 all unit benches
	$(MAKE) BUILD=build/clang CC=clang WERROR=1 all unit benches

# --- manual and completions ----------------------------------------------------------------------

.PHONY: man completions
man: $(PAGES) ## make the manual pages
completions: $(SHELLS)

# The line .\" OPTIONS becomes the section that the program itself writes from its option table.
$(BUILD)/man/%.1: man/%.1 $(BUILD)/%
	@mkdir -p $(@D)
	$(BUILD)/$* --describe=mdoc >$@.options
	sed -e '/^\.\\" OPTIONS$$/{r $@.options' -e 'd;}' $< >$@

$(BUILD)/man/%: man/%
	@mkdir -p $(@D)
	cp $< $@

define completion
$(BUILD)/completions/%.$(1): $(BUILD)/%
	@mkdir -p $$(@D)
	$(BUILD)/$$* --describe=$(1) >$$@
endef
$(foreach s,bash zsh fish,$(eval $(call completion,$(s))))

# --- testing -------------------------------------------------------------------------------------

ASAN     := BUILD=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
            SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
# Not pointer-overflow: clang's takes NULL + 0, the end of an empty run, for one.
FUZZ     := BUILD=build/fuzz CC=clang CFLAGS='-O1 -g' \
            SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
            -fno-sanitize=pointer-overflow'

.PHONY: unit fuzzers asan fuzz test check check-asan check-leaks fuzz-short torture
unit: $(UNIT)
fuzzers: $(FUZZERS)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libpt.a
	$(CC) $(PT_CFLAGS) $(LDFLAGS) -o $@ $^ $(PT_LIBS)

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libpt.a
	$(CC) $(PT_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(PT_LIBS)

# Preloaded by tests/torture.
$(BUILD)/kill.so: tests/lib/kill.c $(BUILD)/.compile
	$(COMPILE) -shared -fPIC $(LDFLAGS) -o $@ $<

asan:
	$(MAKE) $(ASAN) all unit
fuzz:
	$(MAKE) $(FUZZ) fuzzers

test: all unit man completions $(BUILD)/kill.so ## run the plain tests
	tests/run unit cli man check

check: all unit man completions asan fuzz $(BUILD)/kill.so ## run every test (FUZZ_SECONDS=15 a fuzzer)
	tests/run unit cli man check asan leaks fuzz

check-asan: all asan ## run unit tests and cases under the address and undefined sanitizers
	tests/run asan

check-leaks: all unit ## run the cases of tests/leaks.list under valgrind
	tests/run leaks

fuzz-short: fuzz ## run each fuzzer for FUZZ_SECONDS=15
	tests/run fuzz

torture: all unit fuzz $(BUILD)/kill.so ## for hours: KILLS=10000, damage, FUZZ_SECONDS=3600
	tests/torture $(or $(KILLS),10000)
	cd $(BUILD)/tests && PT_ROUNDS=1000 unit/store/damage && PT_ROUNDS=20 unit/store/powerloss
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),3600) tests/run fuzz

# --- benchmarks ----------------------------------------------------------------------------------

.PHONY: bench benches bench-deps
bench: all benches ## measure beside peers: SUBJECTS=... (all) RUNS=3 SCALE=0.2 (of L, for growth)
	tests/bench/run $(RUNS:%=--runs %) $(SCALE:%=--scale %) $(SUBJECTS)

benches: $(BENCHES)
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libpt.a
	$(CC) $(PT_CFLAGS) $(LDFLAGS) -o $@ $^ $(PT_LIBS)

# --- the rest ------------------------------------------------------------------------------------

PACKAGES := $(TOOLS) $(foreach l,$(NEEDED) $(OPTIONAL),$(call package,$(l))) \
            $(if $(filter check,$(MAKECMDGOALS)),$(SENDERS))
# The peers of the benchmarks, where npm may have come without Debian, and what npm brings.
PEERS     = sqlite3 curl victoria-metrics clickhouse-server mawk datamash miller jq \
            $(if $(shell command -v npm),,nodejs npm)
PEERS_NPM = @duckdb/node-api

# Installs those of the Debian packages $(1) that are missing.
define debian
@missing=; for p in $(1); do \
    case $$(dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null) in \
    installed) ;; *) missing="$$missing $$p" ;; esac; \
done; \
[ -z "$$missing" ] && exit 0; \
sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
echo "installing$$missing"; \
$$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -q -y --no-install-recommends $$missing
endef

.PHONY: deps demo install uninstall format clean help
deps: ## install the Debian packages that building, demo and tests need
	$(call debian,$(PACKAGES))

bench-deps: ## install the peers that the benchmarks measure beside pt
	$(call debian,$(PEERS))
	npm install --no-fund --no-audit --prefix build/bench-peers $(PEERS_NPM)

demo: all ## build, then show a day of trading from collection to report
	samples/demo

BIN  = $(DESTDIR)$(PREFIX)/bin
DATA = $(DESTDIR)$(PREFIX)/share
LIBDIR = $(DESTDIR)$(PREFIX)/lib/pt

install: all man completions ## install programs, manual and completions below PREFIX
	install -d $(BIN) $(DATA)/bash-completion/completions $(DATA)/zsh/site-functions \
	    $(DATA)/fish/vendor_completions.d
	install $(BINS) $(BIN)
	install -D -m 644 $(BUILD)/pt.so $(LIBDIR)/pt.so
	install -D -m 644 man/pt-record.schema.json $(DATA)/pt/pt-record.schema.json
	for p in $(PAGES); do s=$${p##*.}; install -D -m 644 $$p $(DATA)/man/man$$s/$${p##*/}; done
	for p in $(PROGRAMS); do c=$(BUILD)/completions/$$p; \
	    install -m 644 $$c.bash $(DATA)/bash-completion/completions/$$p; \
	    install -m 644 $$c.zsh $(DATA)/zsh/site-functions/_$$p; \
	    install -m 644 $$c.fish $(DATA)/fish/vendor_completions.d/$$p.fish; \
	done

uninstall: ## remove what install put there
	rm -f $(PROGRAMS:%=$(BIN)/%) $(PROGRAMS:%=$(DATA)/bash-completion/completions/%) \
	    $(PROGRAMS:%=$(DATA)/zsh/site-functions/_%) \
	    $(PROGRAMS:%=$(DATA)/fish/vendor_completions.d/%.fish)
	rm -f $(DATA)/pt/pt-record.schema.json $(LIBDIR)/pt.so
	for p in $(notdir $(PAGES)); do rm -f $(DATA)/man/man$${p##*.}/$$p; done

format: ## lay out the sources by .clang-format
	clang-format -i $(wildcard cmd/*.c cmd/*/*.[ch] lib/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

clean: ## remove build/
	rm -rf build

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
	    while IFS='|' read -r t d; do printf '  %-12s %s\n' "$$t" "$$d"; done

.SECONDARY:
-include $(LIB_OBJ:.o=.d) $(PIC_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(UNIT:=.d) $(BENCHES:=.d) $(FUZZERS:=.d) \
    $(BUILD)/trading-day.d $(BUILD)/kill.d
