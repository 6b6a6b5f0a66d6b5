// The official SDK github.com/aliyun/alibaba-cloud-sdk-go, services/ecs. Arguments: PLAN
//
// Carries out the plan and prints, for every step, what was seen: a line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

type plan struct {
	Host        string
	Port        int
	AccessKeyID string `json:"access_key_id"`
	Steps       []step
}

type step struct {
	Name    string
	Walk    string
	Secret  string
	Request request
}

type request struct {
	RegionId     string
	SnapshotIds  []string
	SnapshotName string
	Status       string
	Tags         []ecs.DescribeSnapshotsTag
	PageSize     int
	MaxResults   int
}

type snapshot struct {
	SnapshotId     string
	SnapshotName   string
	Status         string
	SourceDiskSize string
	Tags           map[string]string
}

type seen struct {
	Step      string     `json:"step"`
	Snapshots []snapshot `json:"snapshots"`
	Total     *int       `json:"total,omitempty"`
	Error     *failure   `json:"error,omitempty"`
}

type failure struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func main() {
	var todo plan
	text, err := os.ReadFile(os.Args[1])
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
	client, err := ecs.NewClientWithAccessKey(next.Request.RegionId, todo.AccessKeyID, next.Secret)
	if err != nil {
		return seen{Step: next.Name, Error: describe(err)}
	}
	call := makeRequest(next.Request)
	call.Scheme = "http"
	call.Domain = fmt.Sprintf("%s:%d", todo.Host, todo.Port)
	walk := byPageNumber
	if next.Walk == "next_token" {
		walk = byNextToken
	}
	result := seen{Step: next.Name, Snapshots: []snapshot{}}
	if err := walk(client, call, &result); err != nil {
		result.Error = describe(err)
	}
	return result
}

func makeRequest(from request) *ecs.DescribeSnapshotsRequest {
	call := ecs.CreateDescribeSnapshotsRequest()
	call.SnapshotName = from.SnapshotName
	call.Status = from.Status
	if from.SnapshotIds != nil {
		ids, _ := json.Marshal(from.SnapshotIds)
		call.SnapshotIds = string(ids)
	}
	if from.Tags != nil {
		call.Tag = &from.Tags
	}
	if from.PageSize != 0 {
		call.PageSize = requests.NewInteger(from.PageSize)
	}
	if from.MaxResults != 0 {
		call.MaxResults = requests.NewInteger(from.MaxResults)
	}
	return call
}

func byPageNumber(client *ecs.Client, call *ecs.DescribeSnapshotsRequest, result *seen) error {
	for page := 1; ; page++ {
		call.PageNumber = requests.NewInteger(page)
		answer, err := client.DescribeSnapshots(call)
		if err != nil {
			return err
		}
		result.add(answer)
		result.Total = &answer.TotalCount
		if page*answer.PageSize >= answer.TotalCount {
			return nil
		}
	}
}

func byNextToken(client *ecs.Client, call *ecs.DescribeSnapshotsRequest, result *seen) error {
	for {
		answer, err := client.DescribeSnapshots(call)
		if err != nil {
			return err
		}
		result.add(answer)
		if answer.NextToken == "" {
			return nil
		}
		call.NextToken = answer.NextToken
	}
}

func (result *seen) add(answer *ecs.DescribeSnapshotsResponse) {
	for _, found := range answer.Snapshots.Snapshot {
		tags := map[string]string{}
		for _, tag := range found.Tags.Tag {
			tags[tag.TagKey] = tag.TagValue
		}
		result.Snapshots = append(result.Snapshots, snapshot{
			found.SnapshotId, found.SnapshotName, found.Status, found.SourceDiskSize, tags})
	}
}

func describe(err error) *failure {
	described := &failure{Type: fmt.Sprintf("%T", err), Message: err.Error()}
	if known, is := err.(errors.Error); is {
		described.Code = known.ErrorCode()
	}
	return described
}
