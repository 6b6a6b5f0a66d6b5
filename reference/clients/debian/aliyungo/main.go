// The Go client github.com/denverdino/aliyungo. Arguments: PLAN
//
// Carries out the plan and prints, for every step, what was seen: a line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io/ioutil"
	"os"
	"strconv"

	"github.com/denverdino/aliyungo/common"
	"github.com/denverdino/aliyungo/ecs"
)

type plan struct {
	Host        string
	Port        int
	AccessKeyID string `json:"access_key_id"`
	Steps       []step
}

type step struct {
	Name    string
	Secret  string
	Request request
}

type request struct {
	RegionId    string
	SnapshotIds []string
	PageSize    int
}

type snapshot struct {
	SnapshotId     string
	SnapshotName   string
	Status         string
	SourceDiskSize string
}

type seen struct {
	Step      string     `json:"step"`
	Snapshots []snapshot `json:"snapshots"`
	Total     int        `json:"total"`
	Error     *failure   `json:"error,omitempty"`
}

type failure struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func main() {
	var todo plan
	text, err := ioutil.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &todo)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, next := range todo.Steps {
		line, _ := json.Marshal(carryOut(todo, next))
		fmt.Println(string(line))
	}
}

func carryOut(todo plan, next step) seen {
	endpoint := fmt.Sprintf("http://%s:%d", todo.Host, todo.Port)
	region := common.Region(next.Request.RegionId)
	client := ecs.NewECSClientWithEndpoint(endpoint, todo.AccessKeyID, next.Secret, region)
	result := seen{Step: next.Name, Snapshots: []snapshot{}}
	if err := walk(client, next.Request, &result); err != nil {
		result.Error = describe(err)
	}
	return result
}

func walk(client *ecs.Client, from request, result *seen) error {
	args := ecs.DescribeSnapshotsArgs{RegionId: common.Region(from.RegionId), SnapshotIds: from.SnapshotIds}
	for page := (&common.Pagination{PageNumber: 1, PageSize: from.PageSize}); page != nil; {
		args.Pagination = *page
		found, pagination, err := client.DescribeSnapshots(&args)
		if err != nil {
			return err
		}
		for _, one := range found {
			size := strconv.Itoa(one.SourceDiskSize)
			result.Snapshots = append(result.Snapshots,
				snapshot{one.SnapshotId, one.SnapshotName, one.Status, size})
		}
		result.Total = pagination.TotalCount
		page = pagination.NextPage()
	}
	return nil
}

func describe(err error) *failure {
	described := &failure{Type: fmt.Sprintf("%T", err), Message: err.Error()}
	if known, is := err.(*common.Error); is {
		described.Code = known.Code
	}
	return described
}
