// A small emulator of the ECS operation DescribeSnapshots, written from its public documents alone.
// It shares no code with anything else on purpose: it is a stranger for a test tool to cope with.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

var switches = map[string]string{
	"oldest-first":      "Snapshots come in the order of the dataset, not newest first.",
	"ids-400":           "SnapshotIds that are no JSON array get 400 InvalidParameter, not 403.",
	"ids-empty-all":     "SnapshotIds=[] is no condition, instead of one that nothing meets.",
	"maxresults-cut":    "MaxResults over 100 is cut to 100; PageSize over 100 is still refused.",
	"pages-win":         "MaxResults beside PageNumber or PageSize is ignored without a NextToken.",
	"pages-no-token":    "NextToken is left out of the answer if PageNumber or PageSize was sent.",
	"token-total":       "In token mode TotalCount is the number of snapshots on this page.",
	"token-any-filter":  "A NextToken is only a position, so the filters may change beside it.",
	"token-batch-50":    "In token mode a page never holds more than 50 snapshots.",
	"link-per-region":   "A chain with snapshots, but none in the region, is not found.",
	"disk-404":          "A DiskId or InstanceId that no snapshot has gets a 404, not an empty list.",
	"end-before-start":  "CreationEndTime before CreationStartTime gets 404 InvalidFilterValue.",
	"bounds-exclusive":  "A snapshot created exactly at a bound of the time filter is left out.",
	"tag-needs-value":   "A tag key without a value gets 400 InvalidTag.Mismatch.",
	"tag-two-spellings": "Tag.N.Key beside a different Tag.N.key (or Value, value) is a Mismatch.",
	"empty-strings":     "Unset texts except SnapshotName are returned as empty texts.",
	"checks-reversed":   "The values of the parameters are checked in the opposite order.",
}

var mistakes = map[string]string{
	"null-lists": "An empty list is null in JSON (nil slice); breaks " +
		"'Snapshots | Array of Snapshot' and 'Tags | Array of Tag'.",
	"omit-false": "JSON leaves out false and 0 (omitempty); breaks " +
		"'Encrypted | Boolean | Indicates whether the snapshot is encrypted.'",
	"twelve-hour": "LastModifiedTime is printed with the layout 03 for the hour; breaks " +
		"'yyyy-MM-ddTHH:mm:ssZ format. The time is displayed in UTC.'",
	"xml-raw-tags": "Tag keys and values are not escaped in XML, so the envelope breaks; breaks " +
		"'TagKey | String | The tag key of the snapshot.'",
	"past-end-panic": "PageNumber past the last page slices out of range and gets a 500; breaks " +
		"'PageNumber | Integer | The page number. Page starts from page 1.'",
	"lone-last": "No NextToken if exactly one snapshot is left; breaks 'NextToken ... can be used " +
		"in the next request to retrieve a new page of results.'",
	"global-cursor": "The position of a walk is kept in a package variable, so two walks mix; " +
		"breaks 'You must specify the token that is obtained from the previous query'.",
	"name-fold": "SnapshotName is compared with strings.EqualFold; breaks " +
		"'SnapshotName | The name of the snapshot.'",
	"text-time": "Times of filters are compared as texts, so 17:00Z is after 17:00:59Z; breaks " +
		"'Filter.1.Value ... Set the value to a time.'",
	"tag-map": "Tags are kept in a map by key, so of two with one key only the last counts; " +
		"breaks 'resources that have all these tags added are returned'.",
	"tag-number": "unicode.IsNumber tests N of Tag.N and a failing Atoi panics, a 500 for Tag.²; " +
		"breaks 'Valid values of N: 1 to 20.'",
	"no-default-group": "ResourceGroupId hides the default resource group; breaks 'Resources in " +
		"the default resource group are displayed ... regardless of how this parameter is set.'",
	"comma-count": "SnapshotIds counts commas instead of ids, so 101 pass; breaks " +
		"'a JSON array that consists of up to 100 snapshot IDs'.",
	"type-two-cases": "SourceDiskType knows Data and data but not DATA; breaks " +
		"'The value of this parameter is case-insensitive.'",
}

// The fields of a snapshot, with a pattern for the Go type and value; "?": optional, "-": hidden.
var fields = []struct{ name, flags, pattern string }{
	{"SnapshotId", "", text}, {"SnapshotName", "?", text}, {"Description", "?", text},
	{"Status", "", `string (progressing|accomplished|failed)`},
	{"Progress", "", `string (\d|[1-9]\d|100)%`}, {"CreationTime", "", instant},
	{"LastModifiedTime", "", instant}, {"RemainTime", "?", number}, {"SnapshotSN", "?", text},
	{"SnapshotType", "", `string (auto|user)`}, {"RetentionDays", "?", number},
	{"SourceDiskId", "", text}, {"SourceDiskSize", "", number},
	{"SourceDiskType", "", `string (system|data)`}, {"SourceStorageType", "?", text},
	{"Usage", "", `string (image|disk|image_disk|none)`}, {"SourceRegionId", "?", text},
	{"Category", "", `string (standard|flash)`}, {"Encrypted", "", boolean}, {"KMSKeyId", "?", text},
	{"InstantAccess", "", boolean}, {"InstantAccessRetentionDays", "?", number},
	{"Available", "", boolean}, {"ResourceGroupId", "", text}, {"ProductCode", "?", text},
	{"SourceSnapshotId", "?", text}, {"RegionId", "-", text}, {"SnapshotLinkId", "-", text},
	{"InstanceId", "?-", text},
}

const text, number, boolean = `string .*`, `json.Number \d+`, `bool .*`
const instant = `string \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`

type tag struct {
	key, value string
	any        bool // of a request: whatever the value
}

type snapshot struct {
	v         map[string]string
	tags      []tag
	created   time.Time
	pos       int // place in the order of answers
	json, xml string
}

var (
	on            = map[string]bool{} // switches and mistakes
	regions       = map[string][]*snapshot{}
	links         = map[string]bool{}
	seen          = map[string]bool{} // "field value", and "SnapshotLinkId value region"
	defaultGroup  string
	keyID, secret string
	cursor        int64
	nonces        sync.Map
	escapes       = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	timeForm      = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$`)
)

func parseTime(s string) (time.Time, bool) { // time.Parse alone takes 7:00Z and 07:00:00,5Z
	layout := "2006-01-02T15:04:05Z"
	if len(s) == 17 {
		layout = "2006-01-02T15:04Z"
	}
	t, err := time.Parse(layout, s)
	return t, err == nil && timeForm.MatchString(s)
}

func lower(s string) string { // ASCII only
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 32
		}
		return r
	}, s)
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

func escape(s string) string { // replaces what XML forbids
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func oneOf(v, values string) bool {
	return v != "" && !strings.Contains(v, " ") && strings.Contains(" "+values+" ", " "+v+" ")
}

func load(file string) error {
	var top struct {
		Format    string           `json:"format"`
		Regions   []string         `json:"regions"`
		Group     *string          `json:"default_resource_group"`
		Links     []string         `json:"snapshot_links"`
		Snapshots []map[string]any `json:"snapshots"`
	}
	content, err := os.ReadFile(file)
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err == nil {
		err = d.Decode(&top)
	}
	if err != nil {
		return err
	} else if _, err = d.Token(); err != io.EOF || top.Format != "assay-dataset/1" ||
		top.Regions == nil || top.Group == nil || top.Links == nil || top.Snapshots == nil {
		return fmt.Errorf("not one object of the form assay-dataset/1 with all its keys")
	}
	defaultGroup = *top.Group
	for _, name := range top.Regions {
		regions[name] = nil
	}
	for _, name := range top.Links {
		links[name] = true
	}
	var all []*snapshot
	for i, m := range top.Snapshots {
		s, bad := readSnapshot(m)
		if bad != "" {
			return fmt.Errorf("snapshot %d: %s is missing, unknown or wrong", i, bad)
		}
		all = append(all, s)
	}
	if !on["oldest-first"] {
		sort.SliceStable(all, func(i, j int) bool { return all[i].created.After(all[j].created) })
	}
	for i, s := range all {
		s.pos = i
		s.render()
		regions[s.v["RegionId"]] = append(regions[s.v["RegionId"]], s)
	}
	return nil
}

func readSnapshot(m map[string]any) (s *snapshot, bad string) {
	s = &snapshot{v: map[string]string{}}
	for _, f := range fields {
		value, present := m[f.name]
		delete(m, f.name)
		if !present && strings.Contains(f.flags, "?") {
			continue
		}
		v := fmt.Sprint(value)
		_, valid := parseTime(v)
		typed := regexp.MustCompile("^(?s:" + f.pattern + ")$")
		if !typed.MatchString(fmt.Sprintf("%T %v", value, value)) || f.pattern == instant && !valid ||
			f.name == "SnapshotId" && seen["SnapshotId "+v] {
			return s, f.name
		}
		s.v[f.name] = v
		seen[f.name+" "+v] = true
	}
	s.created, _ = parseTime(s.v["CreationTime"])
	if _, known := regions[s.v["RegionId"]]; !known {
		return s, "RegionId"
	} else if !links[s.v["SnapshotLinkId"]] {
		return s, "SnapshotLinkId"
	}
	seen["SnapshotLinkId "+s.v["SnapshotLinkId"]+" "+s.v["RegionId"]] = true
	list, ok := m["Tags"].([]any)
	keys := map[string]bool{}
	for _, item := range list {
		t, _ := item.(map[string]any)
		k, isText := t["TagKey"].(string)
		v, isText2 := t["TagValue"].(string)
		ok = ok && isText && isText2 && len(t) == 2 && !keys[k]
		keys[k] = true
		s.tags = append(s.tags, tag{key: k, value: v})
	}
	if !ok || len(list) > 20 {
		return s, "Tags"
	}
	delete(m, "Tags")
	for key := range m {
		return s, key
	}
	return s, ""
}

func (s *snapshot) render() {
	var j, tags []string
	x := "<Snapshot>"
	for _, f := range fields {
		v, present := s.v[f.name]
		isText := strings.HasPrefix(f.pattern, "string")
		if strings.Contains(f.flags, "-") ||
			!present && (f.name == "SnapshotName" || !isText || !on["empty-strings"]) {
			continue
		}
		if on["twelve-hour"] && f.name == "LastModifiedTime" {
			t, _ := parseTime(v)
			v = t.Format("2006-01-02T03:04:05Z")
		}
		x += "<" + f.name + ">" + escape(v) + "</" + f.name + ">"
		if isText {
			j = append(j, quote(f.name)+":"+quote(v))
		} else if !on["omit-false"] || v != "false" && v != "0" {
			j = append(j, quote(f.name)+":"+v)
		}
	}
	x += "<Tags>"
	for _, t := range s.tags {
		k, v := escape(t.key), escape(t.value)
		if on["xml-raw-tags"] {
			k, v = t.key, t.value
		}
		x += "<Tag><TagKey>" + k + "</TagKey><TagValue>" + v + "</TagValue></Tag>"
		tags = append(tags, `{"TagKey":`+quote(t.key)+`,"TagValue":`+quote(t.value)+`}`)
	}
	s.json = "{" + strings.Join(append(j, `"Tags":{"Tag":`+array(tags)+"}"), ",") + "}"
	s.xml = x + "</Tags></Snapshot>"
}

func array(items []string) string {
	if on["null-lists"] && len(items) == 0 {
		return "null"
	}
	return "[" + strings.Join(items, ",") + "]"
}

type refusal struct {
	status    int
	code, msg string
}

func invalid(name string) *refusal {
	return &refusal{400, "InvalidParameter", `The specified parameter "` + name + `" is not valid.`}
}

func missing(name string) *refusal {
	return &refusal{400, "MissingParameter", `The input parameter "` + name +
		`" that is mandatory for processing this request is not supplied.`}
}

var (
	mismatch = &refusal{400, "InvalidTag.Mismatch",
		"The specified Tag.n.Key and Tag.n.Value are not match."}
	tooManyTags = &refusal{400, "InvalidTagCount",
		"The specified tags are beyond the permitted range."}
	badIds = &refusal{403, "InvalidSnapshotIds.Malformed",
		"The amount of specified specified snapshot Ids exceeds the limit."}
	badFilterKey = &refusal{404, "InvalidFilterKey.NotFound",
		"The specified FilterKey is not found."}
	badFilterValue = &refusal{404, "InvalidFilterValue",
		"The specified FilterValue exceeds the limit."}
	badAction = &refusal{404, "InvalidAction.NotFound",
		"Specified api is not found, please check your url and method."}
	badSignature = "Specified signature is not matched with our calculation. server string to sign is:"
)

// A call is one request while it is answered.
type call struct {
	r                 *http.Request
	id                string
	xml, tagged       bool
	query             [][2]string
	p                 map[string]string
	conditions        []string // for the token
	tests             []func(*snapshot) bool
	tokenMode, plain  bool // plain: neither PageNumber nor PageSize
	size, page, after int  // after: position that the token names, or -1
}

func (c *call) where(condition string, test func(*snapshot) bool) {
	c.conditions = append(c.conditions, condition)
	c.tests = append(c.tests, test)
}

func decode(s string) (pairs [][2]string) { // a broken escape stands for itself
	unescape := func(s string) string {
		return escapes.ReplaceAllStringFunc(strings.ReplaceAll(s, "+", " "), func(e string) string {
			b, _ := hex.DecodeString(e[1:])
			return string(b)
		})
	}
	for _, pair := range strings.Split(s, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			pairs = append(pairs, [2]string{unescape(name), unescape(value)})
		}
	}
	return pairs
}

func (c *call) run() (status int, answer string) {
	defer func() {
		if recover() != nil {
			status, answer = c.refuse(&refusal{500, "InternalError",
				"The request processing has failed due to some unknown error."})
		}
	}()
	v3 := strings.HasPrefix(c.r.Header.Get("Authorization"), "ACS3-")
	c.xml = !v3
	body, err := io.ReadAll(io.LimitReader(c.r.Body, 64<<20))
	c.query = decode(c.r.URL.RawQuery)
	pairs := c.query
	media := lower(strings.TrimSpace(strings.Split(c.r.Header.Get("Content-Type"), ";")[0]))
	if c.r.Method == "POST" && (media == "" || media == "application/x-www-form-urlencoded") {
		pairs = append(pairs[:len(pairs):len(pairs)], decode(string(body))...)
	}
	c.p = map[string]string{}
	for _, pair := range pairs { // the first value of a repeated name counts
		if _, twice := c.p[pair[0]]; !twice {
			c.p[pair[0]] = pair[1]
		}
	}
	format := lower(c.p["Format"])
	c.xml = format != "json" && (format != "" || !v3)
	var bad *refusal
	switch {
	case c.r.Method != "GET" && c.r.Method != "POST":
		bad = &refusal{403, "UnsupportedHTTPMethod", "This http method is not supported."}
	case c.r.URL.Path != "/" && c.r.URL.Path != "":
		bad = badAction
	case err != nil:
		bad = invalid("Body")
	case !oneOf(format+".", "json. xml. ."):
		bad = invalid("Format")
	case secret != "" && v3:
		bad = c.checkV3(body)
	case secret != "":
		bad = c.checkV1()
	}
	if bad == nil {
		bad = c.check()
	}
	if bad != nil {
		return c.refuse(bad)
	}
	return c.answer()
}

func (c *call) refuse(e *refusal) (int, string) {
	var j []string
	x := xml.Header + "<Error>"
	for _, f := range [][2]string{{"RequestId", c.id}, {"HostId", "ecs.aliyuncs.com"},
		{"Code", e.code}, {"Message", e.msg}, {"Recommend",
			"https://api.aliyun.com/troubleshoot?q=" + e.code + "&product=Ecs&requestId=" + c.id}} {
		j = append(j, quote(f[0])+":"+quote(f[1]))
		x += "<" + f[0] + ">" + escape(f[1]) + "</" + f[0] + ">"
	}
	if c.xml {
		return e.status, x + "</Error>"
	}
	return e.status, "{" + strings.Join(j, ",") + "}"
}

// check reads the parameters and leaves the tests that a snapshot must pass.
func (c *call) check() *refusal {
	for _, name := range []string{"Action", "Version"} {
		if c.p[name] == "" {
			c.p[name] = c.r.Header.Get("x-acs-" + name)
		}
	}
	_, known := regions[c.p["RegionId"]]
	switch {
	case c.p["Action"] == "":
		return missing("Action")
	case c.p["Version"] == "":
		return missing("Version")
	case c.p["Version"] != "2014-05-26":
		return &refusal{400, "InvalidVersion", "Specified parameter Version is not valid."}
	case c.p["Action"] != "DescribeSnapshots":
		return badAction
	case c.p["RegionId"] == "":
		return missing("RegionId")
	case !known:
		return &refusal{404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."}
	}
	checks := []func() *refusal{c.checkPaging, c.checkValues, c.checkNames, c.checkIds,
		c.checkTimes, c.checkTags}
	for i := range checks {
		if on["checks-reversed"] {
			i = len(checks) - 1 - i
		}
		if bad := checks[i](); bad != nil {
			return bad
		}
	}
	sort.Strings(c.conditions)
	c.after = -1
	if t := c.p["NextToken"]; t != "" {
		n, err := strconv.ParseUint(t[:minimum(8, len(t))], 16, 32)
		if err != nil || t != c.token(int(n)) {
			return invalid("NextToken")
		} else if c.after = int(n); on["global-cursor"] {
			c.after = int(atomic.LoadInt64(&cursor))
		}
	}
	if lower(c.p["DryRun"]) == "true" {
		return &refusal{400, "DryRunOperation",
			"Request validation has been passed with DryRun flag set."}
	}
	return nil
}

func minimum(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func (c *call) integer(name string, standard, most int) (int, *refusal) {
	v := c.p[name]
	if v == "" {
		return standard, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < 1 || v[0] == '+' || int(n) > most {
		return 0, invalid(name)
	}
	return int(n), nil
}

func (c *call) checkPaging() (bad *refusal) {
	c.plain = c.p["PageNumber"]+c.p["PageSize"] == ""
	c.tokenMode = c.p["NextToken"] != "" ||
		c.p["MaxResults"] != "" && (c.plain || !on["pages-win"])
	if c.tokenMode { // PageNumber and PageSize have no effect, so they are not looked at
		most := 100
		if on["maxresults-cut"] {
			most = 1<<31 - 1
		}
		c.size, bad = c.integer("MaxResults", 10, most)
		c.size = minimum(c.size, 100)
		if on["token-batch-50"] {
			c.size = minimum(c.size, 50)
		}
		return bad
	}
	if c.page, bad = c.integer("PageNumber", 1, 1<<31-1); bad == nil {
		c.size, bad = c.integer("PageSize", 10, 100)
	}
	return bad
}

// checkValues looks at the parameters with a list of valid values.
func (c *call) checkValues() *refusal {
	for _, e := range []struct {
		name, values string
		anyCase      bool
		refusal      *refusal
	}{
		{"Encrypted", "true false", true, invalid("Encrypted")},
		{"DryRun", "true false", true, invalid("DryRun")},
		{"Status", "progressing accomplished failed all", false,
			&refusal{404, "InvalidStatus.NotFound", "The specified Status is not found."}},
		{"SnapshotType", "auto user all", false, &refusal{404, "InvalidSnapshotType.NotFound",
			"The specfied SnapshotType is not found."}},
		{"Usage", "image disk image_disk none", false,
			&refusal{404, "InvalidUsage", "The specifed Usage is not valid."}},
		{"SourceDiskType", "system data", true, &refusal{404, "InvalidSourceDiskType",
			"The specifed SourceDiskType is not valid."}},
		{"Category", "standard flash archive", true, &refusal{403,
			"InvalidSnapshotCategory.Malformed", "The specified Category is not valid."}},
	} {
		name, v := e.name, c.p[e.name]
		if v == "" {
			continue
		} else if e.anyCase && !(on["type-two-cases"] && name == "SourceDiskType" &&
			!oneOf(v, "System Data")) {
			v = lower(v)
		}
		if !oneOf(v, e.values) {
			return e.refusal
		} else if v != "all" && name != "DryRun" {
			c.where(name+"="+v, func(s *snapshot) bool { return s.v[name] == v })
		}
	}
	return nil
}

// checkNames looks at ids and the name, which are compared as they are.
func (c *call) checkNames() *refusal {
	for name, field := range map[string]string{"KMSKeyId": "KMSKeyId", "InstanceId": "InstanceId",
		"DiskId": "SourceDiskId", "SnapshotName": "SnapshotName",
		"SnapshotLinkId": "SnapshotLinkId"} {
		field, v := field, c.p[name]
		if v != "" && on["name-fold"] && name == "SnapshotName" {
			c.where(name+"="+v, func(s *snapshot) bool { return strings.EqualFold(s.v[field], v) })
		} else if v != "" {
			c.where(name+"="+v, func(s *snapshot) bool { return s.v[field] == v })
		}
	}
	if group := c.p["ResourceGroupId"]; group != "" {
		c.where("ResourceGroupId="+group, func(s *snapshot) bool {
			g := s.v["ResourceGroupId"]
			return g == group || g == defaultGroup && !on["no-default-group"]
		})
	}
	link := c.p["SnapshotLinkId"]
	elsewhere := seen["SnapshotLinkId "+link] && !seen["SnapshotLinkId "+link+" "+c.p["RegionId"]]
	if link != "" && (!links[link] || elsewhere && on["link-per-region"]) {
		return &refusal{404, "InvalidSnapshotLinkId.NotFound",
			"The specified snapshot link is not found."}
	}
	disk, instance := c.p["DiskId"], c.p["InstanceId"]
	if on["disk-404"] && disk != "" && !seen["SourceDiskId "+disk] {
		return &refusal{404, "InvalidDiskId.NotFound", "The specified DiskId does not exist."}
	} else if on["disk-404"] && instance != "" && !seen["InstanceId "+instance] {
		return &refusal{404, "InvalidInstanceId.NotFound",
			"The specified InstanceId does not exist."}
	}
	return nil
}

func (c *call) checkIds() *refusal {
	v := c.p["SnapshotIds"]
	if v == "" {
		return nil
	}
	var list []*string
	wanted := map[string]bool{}
	wrong := json.Unmarshal([]byte(v), &list) != nil || list == nil
	for _, id := range list {
		if wrong = wrong || id == nil; !wrong {
			wanted[*id] = true
		}
	}
	count := len(list)
	if on["comma-count"] {
		count = strings.Count(v, ",")
	}
	if wrong && on["ids-400"] {
		return invalid("SnapshotIds")
	} else if wrong || count > 100 {
		return badIds
	} else if len(list) > 0 || !on["ids-empty-all"] {
		c.where("SnapshotIds="+v, func(s *snapshot) bool { return wanted[s.v["SnapshotId"]] })
	}
	return nil
}

func (c *call) checkTimes() *refusal {
	var start, end time.Time
	for _, n := range []string{"Filter.1.", "Filter.2."} { // in either order
		key, v := c.p[n+"Key"], c.p[n+"Value"]
		t, valid := parseTime(v)
		if key+v == "" {
			continue
		} else if !oneOf(key, "CreationStartTime CreationEndTime") {
			return badFilterKey
		} else if !valid {
			return badFilterValue
		}
		isStart := key == "CreationStartTime"
		if isStart {
			start = t
		} else {
			end = t
		}
		c.where(key+"="+v, func(s *snapshot) bool {
			side := strings.Compare(s.v["CreationTime"], t.Format(time.RFC3339))
			if on["text-time"] {
				side = strings.Compare(s.v["CreationTime"], v)
			}
			return side == 0 && !on["bounds-exclusive"] || side != 0 && isStart == (side > 0)
		})
	}
	if on["end-before-start"] && !end.IsZero() && end.Before(start) {
		return badFilterValue
	}
	return nil
}

func (c *call) checkTags() *refusal {
	var wanted []tag
	numbers, tooMany := map[int]bool{}, false
	for name := range c.p {
		parts := strings.Split(name, ".")
		if len(parts) != 3 || parts[0] != "Tag" || !oneOf(parts[2], "Key Value key value") {
			continue
		}
		n, err := strconv.ParseUint(parts[1], 10, 64)
		if on["tag-number"] && strings.IndexFunc(parts[1], unicode.IsNumber) == 0 && err != nil {
			panic(err)
		}
		digits := strings.Trim(parts[1], "0123456789") == "" && parts[1] != ""
		if !digits || len(parts[1]) > 1 && parts[1][0] == '0' {
			continue // no number, so no tag
		}
		tooMany = tooMany || err != nil || n < 1 || n > 20
		numbers[int(n)] = true
	}
	if tooMany {
		return tooManyTags
	}
	for n := 1; n <= 20; n++ {
		if !numbers[n] {
			continue
		}
		prefix := fmt.Sprintf("Tag.%d.", n)
		key, isKey := c.p[prefix+"Key"]
		old, isOld := c.p[prefix+"key"]
		value, isValue := c.p[prefix+"Value"]
		oldValue, isOldValue := c.p[prefix+"value"]
		if on["tag-two-spellings"] && (isKey && isOld && key != old ||
			isValue && isOldValue && value != oldValue) {
			return mismatch
		}
		if key == "" {
			key = old
		}
		if !isValue {
			value, isValue = oldValue, isOldValue
		}
		if key == "" && value != "" || key != "" && !isValue && on["tag-needs-value"] {
			return mismatch
		} else if key != "" {
			wanted = append(wanted, tag{key, value, !isValue})
		}
	}
	if on["tag-map"] {
		last := map[string]tag{}
		for _, t := range wanted {
			last[t.key] = t
		}
		wanted = nil
		for _, t := range last {
			wanted = append(wanted, t)
		}
	}
	c.tagged = len(wanted) > 0
	for _, w := range wanted {
		w := w
		c.where(fmt.Sprintf("Tag=%q", []any{w.key, w.value, w.any}), func(s *snapshot) bool {
			for _, t := range s.tags {
				if t.key == w.key && (w.any || t.value == w.value) {
					return true
				}
			}
			return false
		})
	}
	return nil
}

// token is the position of the last snapshot of a page, sealed with the conditions.
func (c *call) token(position int) string {
	p := fmt.Sprintf("%08x", position)
	conditions := fmt.Sprintf("%s %q %q", p, c.p["RegionId"], c.conditions)
	if on["token-any-filter"] {
		conditions = p
	}
	return p + hex.EncodeToString(sum(sha256.New, "stranger", conditions)[:12])
}

func sum(h func() hash.Hash, key, message string) []byte {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(message))
	return m.Sum(nil)
}

func (c *call) answer() (int, string) {
	var found []*snapshot
	inGroup := 0
next:
	for _, s := range regions[c.p["RegionId"]] {
		for _, passes := range c.tests {
			if !passes(s) {
				continue next
			}
		}
		group := s.v["ResourceGroupId"]
		if c.p["ResourceGroupId"] == group && group != defaultGroup && group != "" {
			inGroup++
		}
		if inGroup > 1000 && group != defaultGroup || c.tagged && len(found) == 1000 {
			continue
		}
		found = append(found, s)
	}
	start := (c.page - 1) * c.size
	if c.tokenMode {
		start = sort.Search(len(found), func(i int) bool { return found[i].pos > c.after })
		c.page = start/c.size + 1
	} else if !on["past-end-panic"] {
		start = minimum(start, len(found))
	}
	end := minimum(start+c.size, len(found))
	total, next := len(found), ""
	if c.tokenMode && on["token-total"] {
		total = end - start
	}
	if left := len(found) - end; left > 1 || left == 1 && !on["lone-last"] {
		next = c.token(found[end-1].pos)
		atomic.StoreInt64(&cursor, int64(found[end-1].pos))
	}
	var items []string
	x := xml.Header + "<DescribeSnapshotsResponse>"
	var j []string
	for _, f := range []struct {
		name, value string
		left        bool
	}{
		{"RequestId", c.id, false}, {"TotalCount", strconv.Itoa(total), false},
		{"PageNumber", strconv.Itoa(c.page), false}, {"PageSize", strconv.Itoa(c.size), false},
		{"NextToken", next, on["pages-no-token"] && !c.tokenMode && !c.plain},
	} {
		if f.left {
			continue
		}
		x += "<" + f.name + ">" + f.value + "</" + f.name + ">"
		if oneOf(f.name, "RequestId NextToken") {
			f.value = quote(f.value)
		}
		if f.value != "0" || !on["omit-false"] {
			j = append(j, quote(f.name)+":"+f.value)
		}
	}
	for _, s := range found[start:end] {
		if c.xml {
			items = append(items, s.xml)
		} else {
			items = append(items, s.json)
		}
	}
	if c.xml {
		return 200, x + "<Snapshots>" + strings.Join(items, "") +
			"</Snapshots></DescribeSnapshotsResponse>"
	}
	j = append(j, `"Snapshots":{"Snapshot":`+array(items)+"}")
	return 200, "{" + strings.Join(j, ",") + "}"
}

func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// canonical joins pairs, sorted by name, as both signatures want them.
func canonical(pairs [][2]string) string {
	sort.SliceStable(pairs, func(i, j int) bool {
		return pairs[i][0] < pairs[j][0] || pairs[i][0] == pairs[j][0] && pairs[i][1] < pairs[j][1]
	})
	var s []string
	for _, p := range pairs {
		s = append(s, percent(p[0])+"="+percent(p[1]))
	}
	return strings.Join(s, "&")
}

func (c *call) checkV1() *refusal {
	var pairs [][2]string
	for name, v := range c.p {
		if name != "Signature" {
			pairs = append(pairs, [2]string{name, v})
		}
	}
	for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion",
		"SignatureNonce", "Timestamp"} {
		if c.p[name] == "" {
			return &refusal{400, "Missing" + name, name + " is mandatory for this action."}
		}
	}
	if c.p["SignatureMethod"] != "HMAC-SHA1" {
		return invalid("SignatureMethod")
	} else if c.p["SignatureVersion"] != "1.0" {
		return invalid("SignatureVersion")
	}
	toSign := c.r.Method + "&%2F&" + percent(canonical(pairs))
	right := base64.StdEncoding.EncodeToString(sum(sha1.New, secret+"&", toSign))
	return verify(c.p["AccessKeyId"], c.p["Signature"], right, toSign, c.p["Timestamp"],
		c.p["SignatureNonce"])
}

func (c *call) checkV3(body []byte) *refusal {
	h := c.r.Header
	fields := map[string]string{}
	method, rest, _ := strings.Cut(h.Get("Authorization"), " ")
	for _, f := range strings.Split(rest, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[name] = v
	}
	digest := sha256.Sum256(body)
	if method != "ACS3-HMAC-SHA256" || fields["Credential"] == "" || fields["Signature"] == "" {
		return &refusal{400, "MissingSignature", "Signature is mandatory for this action."}
	}
	names := strings.Split(lower(fields["SignedHeaders"]), ";")
	sort.Strings(names)
	headers := ""
	for _, name := range names {
		values := append([]string{}, h.Values(name)...)
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		sort.Strings(values)
		if name == "host" {
			values = []string{c.r.Host}
		}
		headers += name + ":" + strings.Join(values, ",") + "\n"
	}
	request := strings.Join([]string{c.r.Method, "/", canonical(c.query), headers,
		strings.Join(names, ";"), hex.EncodeToString(digest[:])}, "\n")
	hashed := sha256.Sum256([]byte(request))
	toSign := "ACS3-HMAC-SHA256\n" + hex.EncodeToString(hashed[:])
	right := hex.EncodeToString(sum(sha256.New, secret, toSign))
	return verify(fields["Credential"], fields["Signature"], right, toSign, h.Get("x-acs-date"),
		h.Get("x-acs-signature-nonce"))
}

func verify(id, signature, right, toSign, stamp, nonce string) *refusal {
	t, valid := parseTime(stamp)
	age := time.Since(t)
	switch {
	case id != keyID:
		return &refusal{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."}
	case !valid || len(stamp) != 20:
		return &refusal{400, "InvalidTimeStamp.Format",
			"Specified time stamp or date value is not well formatted."}
	case age > 15*time.Minute || age < -15*time.Minute:
		return &refusal{400, "InvalidTimeStamp.Expired",
			"Specified time stamp or date value is expired."}
	case !hmac.Equal([]byte(signature), []byte(right)):
		return &refusal{400, "SignatureDoesNotMatch", badSignature + toSign}
	}
	if _, used := nonces.LoadOrStore(nonce, true); used {
		return &refusal{400, "SignatureNonceUsed", "Specified signature nonce was used already."}
	}
	return nil
}

func serve(w http.ResponseWriter, r *http.Request) {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[6], b[8] = b[6]&15|64, b[8]&63|128
	c := &call{r: r, id: fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}
	status, answer := c.run()
	h := w.Header()
	h.Set("Content-Type", map[bool]string{true: "application/xml;charset=utf-8",
		false: "application/json;charset=utf-8"}[c.xml])
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	h.Set("x-acs-request-id", c.id)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func stop(what any) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(2)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "HOST:PORT")
	dataset := flag.String("dataset", "", "FILE")
	auth := flag.String("auth", "", "ID:SECRET")
	list := flag.Bool("list", false, "print the switches and mistakes")
	for kind, known := range map[string]map[string]string{"switch": switches, "mistake": mistakes} {
		known := known
		flag.Func(kind, "NAME (repeatable)", func(name string) error {
			if on[name] = true; known[name] == "" {
				return fmt.Errorf("unknown name %q", name)
			}
			return nil
		})
	}
	flag.Parse()
	if *list {
		_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"switches": switches,
			"mistakes": mistakes})
		return
	}
	keyID, secret, _ = strings.Cut(*auth, ":")
	if flag.NArg() > 0 || *auth != "" && (keyID == "" || secret == "") {
		stop("wrong arguments")
	} else if err := load(*dataset); err != nil {
		stop(fmt.Errorf("dataset: %w", err))
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		stop(err)
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	server := http.Server{Handler: http.HandlerFunc(serve), MaxHeaderBytes: 32 << 20,
		ErrorLog: log.New(io.Discard, "", 0)}
	stop(server.Serve(l))
}
